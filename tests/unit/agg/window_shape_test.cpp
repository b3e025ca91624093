// Goal: windows that make no sense are refused with the option's name; others say how long they are. Method:
// tables of what users type.
#include "agg/window_shape.h"

#include <gtest/gtest.h>

#include "agg/entry.h"
#include "agg/windows/entry.h"

namespace racesim {
namespace {

/// "5s", "1m/10s", "gap 30s", or the error.
std::string shape_or_error(const char* window, const char* slide, const char* gap) {
  OptionValues values(windows::entry().options);
  const auto set = [&](std::string_view name, const char* text) -> std::string {
    if (text == nullptr) return {};
    for (const ContentOption& option : values.options()) {
      if (option.name != name) continue;
      const Result<OptionValue> value = parse_value(option, text);
      if (!value) return value.error().what;
      values.set(name, *value, GivenBy::line);
    }
    return {};
  };
  for (const auto& [name, text] : {std::pair{"window", window}, {"slide", slide}, {"gap", gap}})
    if (const std::string error = set(name, text); !error.empty()) return error;
  const Result<WindowShape> shape = read_windows(values);
  return shape ? shape->text() : shape.error().what;
}

TEST(WindowShape, SaysWhatWasMeant) {
  EXPECT_EQ(shape_or_error(nullptr, nullptr, nullptr), "5s");
  EXPECT_EQ(shape_or_error("90m", nullptr, nullptr), "1h30m");
  EXPECT_EQ(shape_or_error("60s", "10s", nullptr), "1m/10s");
  EXPECT_EQ(shape_or_error("5s", "5s", nullptr), "5s");
  EXPECT_EQ(shape_or_error(nullptr, nullptr, "1500ms"), "gap 1s500ms");
  EXPECT_EQ(shape_or_error("366d", nullptr, nullptr), "366d");
  EXPECT_EQ(shape_or_error("1h", "1s", nullptr), "1h/1s");
}

TEST(WindowShape, RefusesWhatMakesNoSense) {
  EXPECT_EQ(shape_or_error("0", nullptr, nullptr), "'0' is no time, in which nothing lies");
  EXPECT_EQ(shape_or_error("366d1ms", nullptr, nullptr), "'366d1ms' is longer than 366 days");
  EXPECT_EQ(shape_or_error("1500us", nullptr, nullptr), "'1500us' is not a whole number of milliseconds");
  EXPECT_EQ(shape_or_error("5s", "6s", nullptr),
            "--slide: 6s is longer than the window of 5s, so events would lie in none");
  EXPECT_EQ(shape_or_error("1h", "999ms", nullptr),
            "--slide: with 999ms an event lies in more than 3600 windows of 1h");
  EXPECT_EQ(shape_or_error(nullptr, nullptr, "0s"), "'0s' is no time, in which nothing lies");
  EXPECT_EQ(shape_or_error("5s", nullptr, "30s"),
            "--gap: session windows have no fixed length, but --window gives one");
}

TEST(WindowShape, AWindowingIsReadAsItWasWritten) {
  for (const WindowShape& shape : {WindowShape{5'000'000, 5'000'000, 0},
                                   WindowShape{5'400'000'000, 90'000'000, 0}, WindowShape{0, 0, 1'500'000}}) {
    OptionValues values(windows::entry().options);
    ASSERT_TRUE(set_windowing(shape.text(), values)) << shape.text();
    const Result<WindowShape> read = read_windows(values);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text(), shape.text());
    EXPECT_EQ(read->slide_us, shape.slide_us);
  }
  OptionValues values(windows::entry().options);
  for (const char* wrong : {"", "soon", "gap", "gap ", "5s/", "0s", "/5s"})
    EXPECT_FALSE(set_windowing(wrong, values)) << wrong;
}

TEST(WindowShape, WindowsAreAlignedToTheEpochOnBothSidesOfIt) {
  const WindowShape shape{5'000'000, 5'000'000, 0};
  EXPECT_EQ(shape.last_start_us(4'999'999), 0);
  EXPECT_EQ(shape.last_start_us(5'000'000), 5'000'000);
  EXPECT_EQ(shape.last_start_us(-1), -5'000'000);
  EXPECT_EQ(shape.last_start_us(-5'000'000), -5'000'000);
}

}  // namespace
}  // namespace racesim
