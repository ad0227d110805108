/* SPDX-License-Identifier: MIT */
/* reduce_binary_loops.h: sums of what two operands make element by element, which nobody has to write down for that.
   The bits are those of computing it first and adding it up then, with the lanes of reduce_fold_loops.h, which includes
   this and defines BINARIES, the name of the table. */
#define BINARY_add(x, y) ((x) + (y))
#define BINARY_subtract(x, y) ((x) - (y))
#define BINARY_multiply(x, y) ((x) * (y))

/* The compiler makes a loop of its own for every way in which operands lie. */
#define BINARY_EACH_LAYOUT(INPUT, function, stride, ...) \
  const int64_t size = sizeof(INPUT); \
  if (x->stride == size && y->stride == size) function(x, size, y, size, __VA_ARGS__); \
  else if (x->stride == size && y->stride == 0) function(x, size, y, 0, __VA_ARGS__); \
  else if (x->stride == 0 && y->stride == size) function(x, 0, y, size, __VA_ARGS__); \
  else function(x, x->stride, y, y->stride, __VA_ARGS__);

#define BINARY_AT(data, INPUT, i, stride) (*(const INPUT *)(const void *)((data) + (i) * (stride)))
#define BINARY_ELEMENT(op, INPUT, i) \
  ((INPUT)BINARY_##op(BINARY_AT(x_data, INPUT, i, x_stride), BINARY_AT(y_data, INPUT, i, y_stride)))

#define BINARY_LINE(op, INPUT) \
  INLINE void op##_##INPUT##_line(const FoldOperand *x, const int64_t x_stride, const FoldOperand *y, \
                                  const int64_t y_stride, int64_t rows, double *out) { \
    const char *x_data = x->data, *y_data = y->data; \
    double lanes[FOLD_LANES] = {0}; \
    int64_t row = 0; \
    for (; row + FOLD_LANES <= rows; row += FOLD_LANES) \
      for (int k = 0; k < FOLD_LANES; k++) lanes[k] += BINARY_ELEMENT(op, INPUT, row + k); \
    for (int k = 0; row < rows; row++, k++) lanes[k] += BINARY_ELEMENT(op, INPUT, row); \
    *out = PAIRWISE(real_add, LINE_LANE); \
  } \
  static void op##_##INPUT##_sum_line(const FoldOperand *x, const FoldOperand *y, int64_t rows, FoldNumber *out) { \
    BINARY_EACH_LAYOUT(INPUT, op##_##INPUT##_line, row_stride, rows, &out->real) \
  }

#define BINARY_COLUMNS(op, INPUT) \
  INLINE void op##_##INPUT##_columns(const FoldOperand *x, const int64_t x_stride, const FoldOperand *y, \
                                     const int64_t y_stride, int64_t rows, int64_t width, double *out) { \
    const char *x_data = x->data, *y_data = y->data; \
    double lanes[FOLD_LANES][FOLD_WIDTH]; \
    for (int k = 0; k < FOLD_LANES; k++) \
      for (int64_t i = 0; i < width; i++) lanes[k][i] = 0; \
    for (int64_t row = 0; row < rows; row++, x_data += x->row_stride, y_data += y->row_stride) { \
      double *restrict lane = lanes[row % FOLD_LANES]; \
      if (row + FETCH_ROWS < rows) \
        fetch_row(x_data, x->row_stride, width * x_stride), fetch_row(y_data, y->row_stride, width * y_stride); \
      for (int64_t i = 0; i < width; i++) lane[i] += BINARY_ELEMENT(op, INPUT, i); \
    } \
    for (int64_t i = 0; i < width; i++) out[i] = PAIRWISE(real_add, COLUMN_LANE); \
  } \
  static void op##_##INPUT##_sum_columns(const FoldOperand *x, const FoldOperand *y, int64_t rows, int64_t width, \
                                        FoldNumber *out) { \
    BINARY_EACH_LAYOUT(INPUT, op##_##INPUT##_columns, column_stride, rows, width, &out->real) \
  }

/* What is read again and again stays near anyway. */
static inline void fetch_row(const char *data, int64_t row_stride, int64_t bytes) {
  if (row_stride) fetch_ahead(data + FETCH_ROWS * row_stride, bytes);
}

#define FOLD_BINARY(op) \
  BINARY_LINE(op, double) \
  BINARY_LINE(op, float) \
  BINARY_COLUMNS(op, double) \
  BINARY_COLUMNS(op, float)
FOLD_BINARY(add)
FOLD_BINARY(subtract)
FOLD_BINARY(multiply)

#define BINARY_KERNEL(op, INPUT) {op##_##INPUT##_sum_line, op##_##INPUT##_sum_columns}
#define BINARY_KERNELS(op) {[DTYPE_FLOAT32] = BINARY_KERNEL(op, float), [DTYPE_FLOAT64] = BINARY_KERNEL(op, double)}
const FoldBinaries BINARIES = {BINARY_KERNELS(add), BINARY_KERNELS(subtract), BINARY_KERNELS(multiply)};
