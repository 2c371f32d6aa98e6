#include "harness/diagnose/chi_square.hpp"

#include <gtest/gtest.h>

#include <array>

namespace twofifty::harness {
namespace {

// Values of printed tables: the 5 % and the 0.1 % point.
TEST(ChiSquareTail, AgreesWithTables) {
    EXPECT_NEAR(chi_square_tail(3.841, 1), 0.05, 2e-5);
    EXPECT_NEAR(chi_square_tail(11.070, 5), 0.05, 2e-5);
    EXPECT_NEAR(chi_square_tail(59.703, 30), 0.001, 2e-6);
    EXPECT_NEAR(chi_square_tail(124.342, 100), 0.05, 2e-5);
}

TEST(ChiSquareTail, NothingIsCertain) {
    EXPECT_EQ(chi_square_tail(0, 3), 1);
    EXPECT_EQ(chi_square_tail(5, 0), 1);
}

// (20 - 30)^2 / 30 + (40 - 30)^2 / 30 over duplicated, and the same over 70 for the others.
TEST(TestOneShare, IsPearsonsSum) {
    const auto test = test_one_share(std::array{Share{20, 100}, Share{40, 100}});
    ASSERT_TRUE(test);
    EXPECT_DOUBLE_EQ(test->value, 2 * (100.0 / 30 + 100.0 / 70));
    EXPECT_EQ(test->degrees, 1U);
    EXPECT_TRUE(test->significant());
}

TEST(TestOneShare, EqualSharesAreNoPattern) {
    const auto test = test_one_share(std::array{Share{20, 100}, Share{40, 200}, Share{10, 50}});
    ASSERT_TRUE(test);
    EXPECT_NEAR(test->value, 0, 1e-9);
    EXPECT_FALSE(test->significant());
}

// 1 of 5 beside 0 of 4 is nothing: they stand together, and one is left.
TEST(TestOneShare, TooFewCannotBeCompared) {
    EXPECT_FALSE(test_one_share(std::array{Share{1, 5}, Share{0, 4}, Share{20, 100}}));
    EXPECT_FALSE(test_one_share({}));
}

TEST(TestOneShare, SmallOnesTogetherAreOne) {
    const auto test = test_one_share(
        std::array{Share{20, 100}, Share{2, 20}, Share{3, 20}, Share{5, 20}, Share{4, 20}});
    ASSERT_TRUE(test);
    EXPECT_EQ(test->degrees, 1U);
}

}  // namespace
}  // namespace twofifty::harness
