#pragma once

#include <cstddef>
#include <cstdint>

/**
 * The loops over many pixels of electron/engine/tissue/. tissue-kernels.ts there says what each of them does, and
 * kernels-in-script.ts does the same to the bit. [any thread]
 */
namespace lobule {

constexpr size_t kSquareEdge = 32;
constexpr size_t kSquareFigures = 4;

/** `from` and `to`: width x height x 3 bytes. */
void AverageArea(const uint8_t* from, size_t width, size_t height, double step_x, double step_y, double start_y,
                 uint8_t* to, size_t to_width, size_t to_height);

/** `figures`: kSquareFigures for each square. */
void MeasureSquares(const uint8_t* from, size_t width, size_t height, double clear, double* figures);

/** `from` and `to`: width x height bytes. */
void Median7(const uint8_t* from, size_t width, size_t height, uint8_t* to);

}  // namespace lobule
