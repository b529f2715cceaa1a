#pragma once

#include <string>

namespace lobule {

/**
 * Throws Failure unless `text` is a whole and consistent LightGBM model: exactly the layout that LightGBM
 * 3 and 4 write (src/boosting/gbdt_model_text.cpp and Tree::ToString of 4.6.0), every array of its stated
 * length, every index within bounds, every tree a tree.
 *
 * LightGBM's own reader trusts its input: it reads past the end of a truncated text, follows any child index, and
 * writes as many classes as the objective line states. So every text must pass this check first. It is stricter
 * than LightGBM: it refuses rankings, linear trees, trees deeper than 1000, texts without tree_sizes, and texts without
 * parameters (their end mark shows that the text is complete). [any thread]
 */
void ValidateModelText(const std::string& text);

}  // namespace lobule
