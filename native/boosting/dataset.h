#pragma once

#include <LightGBM/c_api.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lobule {

/** A row-major matrix in memory that the caller keeps alive. */
struct MatrixView {
  const void* data;
  int type;  // C_API_DTYPE_FLOAT32 or C_API_DTYPE_FLOAT64
  int32_t rows;
  int32_t columns;
};

/** Owns one LightGBM Dataset. It does not change after construction, so any number of boosters may share it. */
class Dataset {
 public:
  /**
   * Bins `matrix`; with `reference`, into that dataset's bins. `weights` may be empty. `parameters` are
   * LightGBM's, "name=value" separated by spaces. Throws Failure. [worker]
   */
  static std::shared_ptr<Dataset> FromMatrix(const MatrixView& matrix, const std::vector<float>& labels,
                                             const std::vector<float>& weights, const std::string& parameters,
                                             const Dataset* reference);

  /** The given rows, ascending, in the same bins. Throws Failure. [worker] */
  std::shared_ptr<Dataset> Subset(const std::vector<int32_t>& rows) const;

  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;
  ~Dataset() { LGBM_DatasetFree(handle_); }

  DatasetHandle handle() const { return handle_; }
  const std::string& parameters() const { return parameters_; }
  int32_t rows() const;
  int32_t columns() const;
  /** The labels, as many as rows; they live as long as the dataset. */
  const float* labels() const;

 private:
  Dataset(DatasetHandle handle, std::string parameters);

  const DatasetHandle handle_;
  const std::string parameters_;
};

}  // namespace lobule
