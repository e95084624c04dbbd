#include "base/audio_view.h"

#include <gtest/gtest.h>

namespace earshot {
namespace {

TEST(AudioViewTest, SeesTheCallersPlanes) {
  float left[] = {1, 2, 3};
  float right[] = {4, 5, 6};
  float* const planes[] = {left, right};
  const AudioView view(planes, 2, 3);
  EXPECT_EQ(view.num_channels(), 2);
  EXPECT_EQ(view.num_frames(), 3);
  ASSERT_EQ(view.channel(1).size(), 3u);
  EXPECT_EQ(view.channel(1).data(), right);
  view.channel(0)[2] = 9;
  EXPECT_EQ(left[2], 9);
}

}  // namespace
}  // namespace earshot
