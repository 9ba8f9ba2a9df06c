# shellcheck shell=bash
# The debug kernel. To be written.
