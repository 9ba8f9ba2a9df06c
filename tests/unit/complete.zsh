# SPDX-License-Identifier: GPL-2.0-only
# Prints what zsh lists for the last of some words: another zsh, on a terminal
# of its own, gets them typed. Usage: zsh complete.zsh DIRECTORY WORDS
#
# Copyright (C) The virt authors
setopt extendedglob
zmodload zsh/zpty
zpty typist zsh -f -i
# The prompt says that keys are taken; the echo of this has the quotes in it.
zpty -w typist "stty cols 200 rows 100; LISTMAX=1000; fpath=($1 \$fpath)
autoload -Uz compinit; compinit -u -D; bindkey -e; bindkey '^I' list-choices
zstyle ':completion:*' list-grouped false; PS1='re''ady '"
zpty -r typist line '*ready *'
# Keys are taken one after the other: what follows the tab ends the list.
zpty -w -n typist "$2"$'\t\C-u'
zpty -w typist "print do'ne'; exit"
while zpty -r typist line; do
	print -r -- ${line//($'\a'|$'\e'\[[0-9;?]#[a-zA-Z])/ }
	[[ $line != *done* ]] || break
done
zpty -d typist
