#include "dataset.h"

#include <utility>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "lightgbm_call.h"

namespace lobule {

Dataset::Dataset(DatasetHandle handle, std::string parameters)
    : handle_(handle), parameters_(std::move(parameters)) {}

std::shared_ptr<Dataset> Dataset::FromMatrix(const MatrixView& matrix, const std::vector<float>& labels,
                                             const std::vector<float>& weights, const std::string& parameters,
                                             const Dataset* reference) {
  DatasetHandle handle = nullptr;
  Check(LGBM_DatasetCreateFromMat(matrix.data, matrix.type, matrix.rows, matrix.columns, /*is_row_major=*/1,
                                  parameters.c_str(), reference ? reference->handle() : nullptr, &handle));
  std::shared_ptr<Dataset> dataset(new Dataset(handle, parameters));
#ifdef __GLIBC__
  // Binning sorts every column as float64 and frees it; glibc would keep those pages for threads that never come.
  malloc_trim(0);
#endif
  Check(LGBM_DatasetSetField(handle, "label", labels.data(), static_cast<int>(labels.size()),
                             C_API_DTYPE_FLOAT32));
  if (!weights.empty()) {
    Check(LGBM_DatasetSetField(handle, "weight", weights.data(), static_cast<int>(weights.size()),
                               C_API_DTYPE_FLOAT32));
  }
  return dataset;
}

std::shared_ptr<Dataset> Dataset::Subset(const std::vector<int32_t>& rows) const {
  DatasetHandle subset = nullptr;
  Check(LGBM_DatasetGetSubset(handle_, rows.data(), static_cast<int32_t>(rows.size()), parameters_.c_str(),
                              &subset));
  return std::shared_ptr<Dataset>(new Dataset(subset, parameters_));
}

int32_t Dataset::rows() const {
  int rows = 0;
  Check(LGBM_DatasetGetNumData(handle_, &rows));
  return rows;
}

int32_t Dataset::columns() const {
  int columns = 0;
  Check(LGBM_DatasetGetNumFeature(handle_, &columns));
  return columns;
}

const float* Dataset::labels() const {
  int length = 0;
  int type = 0;
  const void* labels = nullptr;
  Check(LGBM_DatasetGetField(handle_, "label", &length, &labels, &type));
  return static_cast<const float*>(labels);
}

}  // namespace lobule
