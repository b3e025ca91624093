// Goal: fields are found wherever they stand and however a record is spelled, and exactly what is JSON is
// taken. Method: random objects, spelled in random ways and damaged at random bytes, against a JSON library
// that reads them whole.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "codec/decode/field_picker.h"
#include "support/rounds.h"

namespace racesim {
namespace {

using PickJson = nlohmann::ordered_json;

class RandomObjects {
 public:
  explicit RandomObjects(std::uint64_t seed) : random_(seed) {}

  PickJson object(int depth = 0) {
    PickJson made = PickJson::object();
    for (auto members = number(6); members > 0; --members) made[names_[number(names_.size())]] = value(depth);
    return made;
  }
  std::size_t number(std::size_t below) { return random_() % below; }

 private:
  PickJson value(int depth) {
    switch (number(depth < 3 ? 9 : 7)) {
      case 0:
        return texts_[number(texts_.size())];
      case 1:
        return static_cast<std::int64_t>(random_());
      case 2:
        return static_cast<double>(number(100000)) / 64;
      case 3:
        return number(2) == 0;
      case 4:
        return nullptr;
      case 5:
        return PickJson::array({1, "x", true});
      case 6:
        return PickJson::array();
      case 7:
        return PickJson::array({object(depth + 1), PickJson::array({1, 2})});
      default:
        return object(depth + 1);
    }
  }

  std::mt19937_64 random_;
  std::vector<std::string> names_{"time", "car", "a", "b", "place", "no\"te", "größe", ""};
  std::vector<std::string> texts_{
      "",          "63",     "2026-07-05T14:00:00.000Z",         "a \"quoted\" text",
      "tab\there", "Zürich", "a text of more than sixteen bytes"};
};

/// The field of a path, null where there is none.
const PickJson* field_of(const PickJson& object, const std::string& path) {
  const std::size_t dot = path.find('.');
  const auto found = object.find(path.substr(0, dot));
  if (found == object.end()) return nullptr;
  if (dot == std::string::npos) return found->is_object() ? nullptr : &*found;
  return found->is_object() ? field_of(*found, path.substr(dot + 1)) : nullptr;
}

void compare(const std::string& text, FieldPicker& picker, const std::vector<std::string>& paths) {
  const std::string padded = text + '\n' + std::string(kReadAhead, '7');
  std::string why;
  const PickJson expected = PickJson::parse(text, nullptr, false);
  const bool is_object = picker.pick(std::string_view(padded).substr(0, text.size()), why);
  ASSERT_EQ(is_object, expected.is_object()) << text << " " << why;
  if (!is_object) {
    EXPECT_FALSE(why.empty());
    return;
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const PickJson* const field = field_of(expected, paths[i]);
    ASSERT_EQ(picker.value(i).there, field != nullptr) << paths[i] << " in " << text;
    if (field == nullptr) continue;
    std::string value(picker.value(i).text);
    if (picker.value(i).is_string) value = '"' + value + '"';
    EXPECT_EQ(PickJson::parse(value), *field) << paths[i] << " in " << text;
  }
}

TEST(FieldPicker, FindsWhatALibraryFinds) {
  const std::vector<std::string> paths{"time", "car", "a.time", "a.b.car", "place", "place.place", "b"};
  FieldPicker picker(paths);
  RandomObjects objects(5);
  for (std::size_t i = 0; i < test::rounds(20'000); ++i) {
    const PickJson object = objects.object();
    const bool ascii = objects.number(2) == 0;
    std::string text = object.dump(objects.number(4) == 0 ? 1 : -1, ' ', ascii);
    if (objects.number(3) == 0) text = ' ' + text + ' ';
    compare(text, picker, paths);
    if (testing::Test::HasFatalFailure()) return;
  }
}

/// None: a number is beyond what the library holds, which JSON allows.
std::optional<bool> is_object_text(const std::string& text) {
  try {
    return PickJson::parse(text).is_object();
  } catch (const nlohmann::json::out_of_range&) {
    return std::nullopt;
  } catch (const nlohmann::json::parse_error&) {
    return false;
  }
}

TEST(FieldPicker, TakesExactlyWhatIsJson) {
  const std::vector<std::string> paths{"time", "car", "a.time"};
  FieldPicker picker(paths);
  RandomObjects objects(6);
  std::size_t valid = 0;
  for (std::size_t i = 0; i < test::rounds(30'000); ++i) {
    std::string text = objects.object().dump();
    for (auto damage = 1 + objects.number(2); damage > 0; --damage) {
      const std::size_t at = objects.number(text.size());
      constexpr std::string_view kBytes = "{}[]\",:0-.eE+tn\\ \x01\xff";
      switch (objects.number(3)) {
        case 0:
          text.erase(at, 1);
          break;
        case 1:
          text.insert(at, 1, kBytes[objects.number(kBytes.size())]);
          break;
        default:
          text[at] = kBytes[objects.number(kBytes.size())];
      }
      if (text.empty()) text = "{}";
    }
    const std::optional<bool> expected = is_object_text(text);
    if (!expected) continue;
    valid += *expected ? 1 : 0;
    const std::string padded = text + '\n' + std::string(kReadAhead, '"');
    std::string why;
    const bool is_object = picker.pick(std::string_view(padded).substr(0, text.size()), why);
    ASSERT_EQ(is_object, *expected) << text << " " << why;
  }
  EXPECT_GT(valid, test::rounds(1000));
}

TEST(FieldPicker, TellsShapesApart) {
  FieldPicker picker({"a"});
  std::string why;
  const auto shape = [&](std::string text) {
    text += '\n' + std::string(kReadAhead, ' ');
    EXPECT_TRUE(picker.pick(std::string_view(text).substr(0, text.find('\n')), why)) << why;
    return picker.shape();
  };
  const std::size_t ab = shape(R"({"a":1,"b":2})");
  EXPECT_EQ(shape(R"({ "a" : "x", "b" : [] })"), ab);
  EXPECT_NE(shape(R"({"b":1,"a":2})"), ab);
  EXPECT_NE(shape(R"({"a":1})"), ab);
  EXPECT_NE(shape(R"({"a":1,"b":{}})"), ab);
  EXPECT_NE(shape(R"({"a":1,"b":{"c":1}})"), shape(R"({"a":1,"b":{},"c":1})"));
  EXPECT_EQ(shape(R"({"a":3,"b":null})"), ab);
}

}  // namespace
}  // namespace racesim
