#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace earshot {
namespace {

TEST(StatusTest, DefaultIsOkWithAnEmptyMessage) {
  const Status status;
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.code(), StatusCode::kOk);
  EXPECT_STREQ(status.message(), "");
}

TEST(StatusTest, ErrorKeepsItsCodeAndMessage) {
  const Status status(StatusCode::kCorruptData, "not a packet");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.code(), StatusCode::kCorruptData);
  EXPECT_STREQ(status.message(), "not a packet");
}

TEST(StatusTest, CodesAreTheNumbersOfTheAbi) {
  // What JavaScript compiled against an earlier build relies on.
  EXPECT_EQ(ToInt(StatusCode::kOk), 0);
  EXPECT_EQ(ToInt(StatusCode::kInvalidArgument), -1);
  EXPECT_EQ(ToInt(StatusCode::kUnsupported), -2);
  EXPECT_EQ(ToInt(StatusCode::kCorruptData), -3);
  EXPECT_EQ(ToInt(StatusCode::kBufferTooSmall), -4);
  EXPECT_EQ(ToInt(StatusCode::kFailedPrecondition), -5);
  EXPECT_EQ(ToInt(StatusCode::kInternal), -6);
}

TEST(StatusOrTest, HoldsAValue) {
  StatusOr<std::string> text(std::string("hello"));
  ASSERT_TRUE(text.ok());
  EXPECT_TRUE(text.status().ok());
  text.value() += "!";
  EXPECT_EQ(text.value(), "hello!");
}

TEST(StatusOrTest, HoldsAnError) {
  const StatusOr<std::string> text(Status(StatusCode::kUnsupported, "no"));
  EXPECT_FALSE(text.ok());
  EXPECT_EQ(text.status().code(), StatusCode::kUnsupported);
  EXPECT_STREQ(text.status().message(), "no");
}

TEST(StatusOrTest, GivesUpAMoveOnlyValue) {
  StatusOr<std::unique_ptr<int>> made(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = std::move(made).value();
  EXPECT_EQ(*taken, 7);
}

}  // namespace
}  // namespace earshot
