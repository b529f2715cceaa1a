#include "model_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lightgbm_call.h"

namespace lobule {

namespace {

using std::string_view;

// LightGBM walks trees by recursion; the smallest stack of a thread that we know is 512 KiB (macOS).
constexpr int kMaximumDepth = 1000;
// LightGBM's own limit of num_leaves.
constexpr int64_t kMaximumLeaves = 131072;

[[noreturn]] void Refuse(const std::string& reason) {
  throw InvalidInput("the model text is damaged: " + reason);
}

std::string Quoted(string_view text) { return '"' + std::string(text.substr(0, 60)) + '"'; }

bool StartsWith(string_view text, string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

/** Reads lines; each must end with a line feed, so that a cut one is noticed. */
class Lines {
 public:
  explicit Lines(string_view text) : rest_(text) {}

  string_view Next() {
    const size_t end = rest_.find('\n');
    if (end == string_view::npos) Refuse("it ends at " + Quoted(rest_));
    const auto line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }

  void Expect(string_view expected) {
    const auto line = Next();
    if (line != expected) Refuse("found " + Quoted(line) + " instead of " + Quoted(expected));
  }

  string_view Take(size_t length) {
    if (length > rest_.size()) Refuse("it is shorter than its tree sizes say");
    const auto block = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return block;
  }

  string_view rest() const { return rest_; }

 private:
  string_view rest_;
};

/** The "key=value" lines up to an empty one. */
class Fields {
 public:
  template <size_t N>
  Fields(Lines& lines, const std::array<string_view, N>& known) {
    for (auto line = lines.Next(); !line.empty(); line = lines.Next()) {
      const size_t equals = line.find('=');
      const auto key = line.substr(0, equals);
      if (std::find(known.begin(), known.end(), key) == known.end()) Refuse("unknown line " + Quoted(line));
      const auto value = equals == string_view::npos ? string_view() : line.substr(equals + 1);
      if (!values_.emplace(key, value).second) Refuse(std::string(key) + " appears twice");
    }
  }

  bool Has(string_view key) const { return values_.count(key) > 0; }

  string_view Get(string_view key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) Refuse(std::string(key) + " is missing");
    return found->second;
  }

 private:
  std::unordered_map<string_view, string_view> values_;
};

int64_t Integer(string_view text, int64_t lowest, int64_t highest) {
  int64_t value = 0;
  const bool negative = StartsWith(text, "-");
  const auto digits = text.substr(negative ? 1 : 0);
  bool valid = !digits.empty() && digits.size() <= 12;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') valid = false;
    value = value * 10 + (digit - '0');
    if (!valid) break;
  }
  if (negative) value = -value;
  if (!valid || value < lowest || value > highest) {
    Refuse(Quoted(text) + " is not a whole number from " + std::to_string(lowest) + " to " +
           std::to_string(highest));
  }
  return value;
}

enum class Finite { kRequired, kAny };

/** Checks a number's spelling, in every locale; its value is only needed to tell infinity from a number. */
void Number(string_view text, Finite finite) {
  size_t at = 0;
  const auto skip_digits = [&] {
    const size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > start;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const auto unsigned_part = text.substr(at);
  if (unsigned_part == "inf" || unsigned_part == "nan") {
    if (finite == Finite::kRequired) Refuse(Quoted(text) + " is not a finite number");
    return;
  }
  bool valid = text.size() <= 40 && skip_digits();
  int64_t magnitude = static_cast<int64_t>(at);  // of the first digit, when written without an exponent
  if (valid && at < text.size() && text[at] == '.') {
    ++at;
    valid = skip_digits();
  }
  if (valid && at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool negative = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const auto digits = text.substr(at);
    valid = skip_digits() && digits.size() <= 4 && at == text.size();
    if (valid) magnitude += (negative ? -1 : 1) * Integer(digits, 0, 9999);
  }
  if (!valid || at != text.size()) Refuse(Quoted(text) + " is not a number");
  if (finite == Finite::kRequired && magnitude > 308) Refuse(Quoted(text) + " is too large");
}

/** The words between single spaces. */
std::vector<string_view> Words(string_view text, string_view name) {
  std::vector<string_view> words;
  if (text.empty()) return words;
  for (;;) {
    const size_t end = text.find(' ');
    const auto word = text.substr(0, end);
    if (word.empty()) Refuse(std::string(name) + " has an empty entry");
    words.push_back(word);
    if (end == string_view::npos) return words;
    text.remove_prefix(end + 1);
  }
}

std::vector<string_view> Words(const Fields& fields, string_view name, size_t count) {
  auto words = Words(fields.Get(name), name);
  if (words.size() != count) {
    Refuse(std::string(name) + " has " + std::to_string(words.size()) + " entries instead of " +
           std::to_string(count));
  }
  return words;
}

std::vector<int32_t> Integers(const Fields& fields, string_view name, size_t count, int64_t lowest,
                              int64_t highest) {
  std::vector<int32_t> values;
  values.reserve(count);
  for (const auto word : Words(fields, name, count)) {
    values.push_back(static_cast<int32_t>(Integer(word, lowest, highest)));
  }
  return values;
}

void Numbers(const Fields& fields, string_view name, size_t count, Finite finite) {
  for (const auto word : Words(fields, name, count)) Number(word, finite);
}

struct Header {
  int64_t trees_per_round;
  int64_t highest_feature;
  std::vector<size_t> tree_sizes;
};

/** "name", or "name key:value ..."; the class count must be the header's, as softmax writes that many. */
void CheckObjective(string_view text, int64_t classes) {
  static constexpr std::array<string_view, 14> kKnown = {
      "multiclass", "multiclassova", "binary", "cross_entropy", "cross_entropy_lambda",
      "regression", "regression_l1", "huber",  "fair",          "poisson",
      "quantile",   "mape",          "gamma",  "tweedie"};
  const auto words = Words(text, "objective");
  if (words.empty() || std::find(kKnown.begin(), kKnown.end(), words[0]) == kKnown.end()) {
    Refuse("unknown objective " + Quoted(text));
  }
  bool has_classes = false;
  for (size_t i = 1; i < words.size(); ++i) {
    const size_t colon = words[i].find(':');
    if (words[i] == "sqrt") continue;
    if (colon == string_view::npos) Refuse("unknown objective " + Quoted(text));
    const auto value = words[i].substr(colon + 1);
    if (words[i].substr(0, colon) == "num_class") {
      if (has_classes) Refuse("the objective names its classes twice");
      has_classes = true;
      Integer(value, classes, classes);
    } else {
      Number(value, Finite::kRequired);
    }
  }
  const bool multiclass = StartsWith(words[0], "multiclass");
  if (multiclass != has_classes || (!multiclass && classes != 1)) {
    Refuse("the objective does not fit " + std::to_string(classes) + " classes");
  }
}

Header CheckHeader(Lines& lines) {
  static constexpr std::array<string_view, 11> kKnown = {
      "version",        "num_class",     "num_tree_per_iteration", "label_index",
      "max_feature_idx", "objective",    "average_output",         "feature_names",
      "monotone_constraints", "feature_infos", "tree_sizes"};
  constexpr int64_t kInt = std::numeric_limits<int32_t>::max();
  lines.Expect("tree");
  const Fields fields(lines, kKnown);
  const auto version = fields.Get("version");
  if (version != "v3" && version != "v4") Refuse("version " + Quoted(version) + " is unknown");
  const int64_t classes = Integer(fields.Get("num_class"), 1, kInt);
  Header header{classes, Integer(fields.Get("max_feature_idx"), 0, kInt - 2), {}};
  Integer(fields.Get("num_tree_per_iteration"), classes, classes);
  Integer(fields.Get("label_index"), -1, kInt);
  if (fields.Has("average_output") && !fields.Get("average_output").empty()) Refuse("average_output");
  if (fields.Has("objective")) CheckObjective(fields.Get("objective"), classes);
  const auto features = static_cast<size_t>(header.highest_feature) + 1;
  Words(fields, "feature_names", features);
  Words(fields, "feature_infos", features);
  if (fields.Get("feature_infos").find('=') != string_view::npos) Refuse("feature_infos");
  if (fields.Has("monotone_constraints")) Integers(fields, "monotone_constraints", features, -1, 1);
  for (const auto word : Words(fields.Get("tree_sizes"), "tree_sizes")) {
    header.tree_sizes.push_back(static_cast<size_t>(Integer(word, 1, int64_t{1} << 38)));
  }
  const auto trees = static_cast<int64_t>(header.tree_sizes.size());
  if (trees == 0 || trees > kInt || trees % classes != 0) {
    Refuse(std::to_string(trees) + " trees do not fit " + std::to_string(classes) + " classes");
  }
  return header;
}

/** Every node and every leaf is reached exactly once from the root, which is node 0; leaf i is child -1 - i. */
void CheckShape(const std::vector<int32_t>& left, const std::vector<int32_t>& right) {
  const size_t nodes = left.size();
  std::vector<bool> node_seen(nodes), leaf_seen(nodes + 1);
  std::vector<std::pair<size_t, int>> open = {{0, 1}};
  size_t seen = 0;
  while (!open.empty()) {
    const auto [node, depth] = open.back();
    open.pop_back();
    if (node_seen[node]) Refuse("a tree runs in a circle");
    if (depth > kMaximumDepth) Refuse("a tree is deeper than " + std::to_string(kMaximumDepth));
    node_seen[node] = true;
    ++seen;
    for (const int32_t child : {left[node], right[node]}) {
      if (child >= 0) {
        open.emplace_back(static_cast<size_t>(child), depth + 1);
      } else {
        const auto leaf = static_cast<size_t>(-1 - child);
        if (leaf_seen[leaf]) Refuse("a leaf has two parents");
        leaf_seen[leaf] = true;
        ++seen;
      }
    }
  }
  if (seen != 2 * nodes + 1) Refuse("a tree has parts that cannot be reached");
}

/** Bits of a node's decision type, as in LightGBM's tree.h. */
constexpr int32_t kCategorical = 1;
constexpr int32_t kMissingTypes = 3;  // none, zero, NaN; stored from bit 2 on

void CheckCategories(const Fields& fields, const std::vector<int32_t>& decisions, int64_t categorical_nodes) {
  if (categorical_nodes > 0) {
    constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
    const auto boundaries =
        Integers(fields, "cat_boundaries", static_cast<size_t>(categorical_nodes) + 1, 0, kMost);
    if (boundaries.front() != 0 || !std::is_sorted(boundaries.begin(), boundaries.end())) {
      Refuse("cat_boundaries do not ascend from 0");
    }
    const auto words = Words(fields, "cat_threshold", static_cast<size_t>(boundaries.back()));
    for (const auto word : words) Integer(word, 0, std::numeric_limits<uint32_t>::max());
  } else if (fields.Has("cat_boundaries") || fields.Has("cat_threshold")) {
    Refuse("a tree without categories lists some");
  }
  const auto thresholds = Words(fields, "threshold", decisions.size());
  for (size_t node = 0; node < decisions.size(); ++node) {
    if ((decisions[node] >> 2) >= kMissingTypes) Refuse("a node's decision type is unknown");
    if (decisions[node] & kCategorical) {
      Integer(thresholds[node], 0, categorical_nodes - 1);
    } else {
      Number(thresholds[node], Finite::kAny);
      if (thresholds[node].find("nan") != string_view::npos) Refuse("a threshold is not a number");
    }
  }
}

void CheckTree(string_view block, size_t index, int64_t highest_feature) {
  static constexpr std::array<string_view, 18> kKnown = {
      "num_leaves",     "num_cat",         "split_feature",  "split_gain",  "threshold",
      "decision_type",  "left_child",      "right_child",    "leaf_value",  "leaf_weight",
      "leaf_count",     "internal_value",  "internal_weight", "internal_count", "cat_boundaries",
      "cat_threshold",  "is_linear",       "shrinkage"};
  constexpr int64_t kInt = std::numeric_limits<int32_t>::max();
  Lines lines(block);
  lines.Expect("Tree=" + std::to_string(index));
  const Fields fields(lines, kKnown);
  lines.Expect("");
  if (!lines.rest().empty()) Refuse("a tree is longer than its size says");

  const int64_t leaf_count = Integer(fields.Get("num_leaves"), 1, kMaximumLeaves);
  const auto leaves = static_cast<size_t>(leaf_count);
  const auto nodes = leaves - 1;
  Integer(fields.Get("is_linear"), 0, 0);
  Number(fields.Get("shrinkage"), Finite::kRequired);
  Numbers(fields, "leaf_value", leaves, Finite::kRequired);
  // LightGBM forgets the weight of a lone leaf when it reads a model, and writes an empty list then.
  if (leaves > 1 || !fields.Get("leaf_weight").empty()) Numbers(fields, "leaf_weight", leaves, Finite::kAny);
  Integers(fields, "leaf_count", leaves, 0, kInt);
  Integers(fields, "split_feature", nodes, 0, highest_feature);
  Numbers(fields, "split_gain", nodes, Finite::kAny);
  Numbers(fields, "internal_value", nodes, Finite::kAny);
  Numbers(fields, "internal_weight", nodes, Finite::kAny);
  Integers(fields, "internal_count", nodes, 0, kInt);
  const auto decisions = Integers(fields, "decision_type", nodes, 0, 15);
  const auto left = Integers(fields, "left_child", nodes, -leaf_count, leaf_count - 2);
  const auto right = Integers(fields, "right_child", nodes, -leaf_count, leaf_count - 2);
  CheckCategories(fields, decisions, Integer(fields.Get("num_cat"), 0, leaf_count - 1));
  if (nodes > 0) CheckShape(left, right);
}

/** What follows the trees: nothing in it counts for predictions, but its end mark shows that nothing is cut. */
void CheckTail(Lines& lines) {
  lines.Expect("end of trees");
  lines.Expect("");
  lines.Expect("feature_importances:");
  while (!lines.Next().empty()) {
  }
  lines.Expect("parameters:");
  for (auto line = lines.Next(); line != "end of parameters"; line = lines.Next()) {
    if (!line.empty() && line.front() != '[') Refuse("found " + Quoted(line) + " among the parameters");
  }
  if (lines.rest().empty()) return;
  // Python's own last line.
  lines.Expect("");
  if (lines.rest().empty()) return;
  const auto line = lines.Next();
  if (!StartsWith(line, "pandas_categorical:") || !lines.rest().empty()) {
    Refuse("found " + Quoted(line) + " after its end");
  }
}

}  // namespace

void ValidateModelText(const std::string& text) {
  // A zero byte would end the text early for LightGBM, and a carriage return a line.
  if (text.find('\0') != std::string::npos) Refuse("it contains a zero byte");
  if (text.find('\r') != std::string::npos) Refuse("it contains a carriage return");
  Lines lines(text);
  const auto header = CheckHeader(lines);
  for (size_t i = 0; i < header.tree_sizes.size(); ++i) {
    CheckTree(lines.Take(header.tree_sizes[i]), i, header.highest_feature);
  }
  CheckTail(lines);
}

}  // namespace lobule
