// SPDX-License-Identifier: GPL-2.0-only
// The module's hashes: addresses as people give them spread over the lists.
#include "module/hash.h"

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

constexpr unsigned kKeys = 4096;

virt_hash_seed seed_of(unsigned number)
{
    std::mt19937_64 random(number);

    return {.blend = random(), .factor = random() | 1};
}

using Hash = std::function<__u32(const virt_hash_seed &, unsigned)>;

/* The steps that a lookup takes on average, with a list for each key: 1.5 by
 * chance. The worst of many seeds.
 */
double worst_walk(const Hash &hash)
{
    double worst = 0;

    for (unsigned number = 0; number < 50; number++) {
        const virt_hash_seed seed = seed_of(number);
        std::vector<unsigned> lists(kKeys);
        double steps = 0;
        for (unsigned key = 0; key < kKeys; key++)
            steps += ++lists[hash(seed, key) % kKeys];
        worst = std::max(worst, steps / kKeys);
    }
    return worst;
}

} // namespace

TEST(Hash, SpreadsAddressesInARow)
{
    EXPECT_LT(worst_walk([](const auto &seed, unsigned key) {
                  return virt_hash(&seed, __builtin_bswap32(key));
              }),
              1.7);
    EXPECT_LT(worst_walk([](const auto &seed, unsigned key) {
                  return virt_hash_pair(&seed, 0xfe8ull << 52, key);
              }),
              1.7);
}

TEST(Hash, SpreadsAddressesThatDifferSomewhere)
{
    for (unsigned shift = 0; shift < 40 - 12; shift++)
        EXPECT_LT(worst_walk([=](const auto &seed, unsigned key) {
                      return virt_hash(&seed, __u64{key} << shift);
                  }),
                  1.7)
            << shift;
    for (unsigned shift = 0; shift < 64 - 12; shift++) {
        EXPECT_LT(worst_walk([=](const auto &seed, unsigned key) {
                      return virt_hash_pair(&seed, 1, __u64{key} << shift);
                  }),
                  1.7)
            << shift;
        EXPECT_LT(worst_walk([=](const auto &seed, unsigned key) {
                      return virt_hash_pair(&seed, __u64{key} << shift, 1);
                  }),
                  1.7)
            << shift;
    }
}

TEST(Hash, DependsOnTheSeed)
{
    const virt_hash_seed one = seed_of(1), other = seed_of(2);

    EXPECT_NE(virt_hash(&one, 7), virt_hash(&other, 7));
    EXPECT_NE(virt_hash_pair(&one, 7, 8), virt_hash_pair(&other, 7, 8));
    EXPECT_NE(virt_hash_pair(&one, 7, 8), virt_hash_pair(&one, 8, 7));
}

} // namespace virt::test
