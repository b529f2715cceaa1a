#pragma once

#include <string>

namespace lobule {

/**
 * Throws Failure unless `text` is a whole and consistent LightGBM model: exactly the layout that LightGBM
 * 3 and 4 write (src/boosting/gbdt_model_text.cpp and Tree::ToString of 4.6.0), every array of its stated
 * length, every index within bounds, every tree a tree.
 *
 * LightGBM's own reader trusts its input: it reads past the end of a cut text, follows any child index, and
 * writes as many classes as the objective line says. So nothing reaches it that did not pass here. Stricter
 * than LightGBM: rankings, linear trees, trees deeper than 1000, texts without tree_sizes and texts without
 * their parameters (whose end mark tells that nothing is cut off) are refused. [any thread]
 */
void ValidateModelText(const std::string& text);

}  // namespace lobule
