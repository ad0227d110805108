/* SPDX-License-Identifier: MIT */
/* product_vector.h: a matrix times a column, and a row times a matrix, whose rows lie densely: the matrix is read once
   and in order.  Part of product_blocks.h, which has the types and tiles.

   A column's product is the sum of so many sums side by side, SUMS, for every instruction set; a row's adds up its
   terms in the order of a tile.  Rows taken together and threads change no result. */
enum { SUMS = 128 / (int)sizeof(Real), PARTS = SUMS / LANES, ROWS_TOGETHER = 8 / PARTS };
_Static_assert((int)SUMS >= (int)SAME_TERMS, "few terms have to be added up as product_by_rows does");
/* Terms that are added up one behind the other; multiply-adds, and columns, that a thread takes at a time. */
enum { SPAN = 1024, SHARE_WORK = 1 << 15, SHARE_COLUMNS = 4096 / (int)sizeof(Real), TERMS_TOGETHER = 8 };

static inline Vector vector_at(const Real *data) { return *(const Vector *)(const void *)data; }

/* ---- a matrix times a column */
/* Of the last terms of a row, which do not fill the sums, whole vectors are read, and what does not belong to the row
   is masked. */
typedef struct Dots {
  const Matrix *a;
  const Real *column, *end;      /* end: of the matrix in memory */
  Real *out;
  int64_t out_stride, share;
  Real last[SUMS], mask[SUMS];   /* the last terms of the column; all bits where there is one */
} Dots;

typedef __typeof__((Vector){0} == (Vector){0}) Bits;

static inline Vector masked(Vector x, Vector mask) { return (Vector)((Bits)x & (Bits)mask); }

/* Folds halves of all the sums until one is left. */
static inline __attribute__((always_inline)) Real total_of(Vector parts[PARTS]) {
  Real sums[LANES];
  UNROLL for (int half = PARTS / 2; half > 0; half /= 2) {
    UNROLL for (int v = 0; v < half; v++) parts[v] += parts[v + half];
  }
  memcpy(sums, parts, sizeof sums);
  UNROLL for (int half = LANES / 2; half > 0; half /= 2) {
    UNROLL for (int k = 0; k < half; k++) sums[k] += sums[k + half];
  }
  return sums[0];
}

/* The last terms of so many rows, with room for whole vectors behind them: where they are, or copied. */
static const Real *last_terms(const Dots *dots, const Real *a, int64_t *stride, int64_t count, Real *room, int rows) {
  const Real *last = *stride > 0 ? a + (rows - 1) * *stride : a;
  if (count == 0 || dots->end - last >= SUMS) return a;
  memset(room, 0, (size_t)rows * SUMS * sizeof *room);
  for (int i = 0; i < rows; i++) memcpy(room + i * SUMS, a + i * *stride, (size_t)count * sizeof *room);
  *stride = SUMS;
  return room;
}

/* At most SPAN terms of so many rows: sum number k adds up the terms k, k + SUMS and so on. */
static inline __attribute__((always_inline)) void dot_rows(const Dots *dots, const Real *a, const Real *column,
                                                           int64_t count, Real *out, const int rows) {
  Vector parts[ROWS_TOGETHER][PARTS];
  Real room[ROWS_TOGETHER * SUMS];
  int64_t whole = count - count % SUMS, stride = dots->a->row_stride, last_stride = stride;
  const Real *last = last_terms(dots, a + whole, &last_stride, count - whole, room, rows);
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < PARTS; v++) parts[i][v] = (Vector){0};
  }
  for (int64_t k = 0; k < whole; k += SUMS) {
    UNROLL for (int v = 0; v < PARTS; v++) {
      const Vector right = vector_at(column + k + v * LANES);
      UNROLL for (int i = 0; i < rows; i++) parts[i][v] += vector_at(a + i * stride + k + v * LANES) * right;
    }
  }
  UNROLL for (int v = 0; v < PARTS; v++) {
    if (v * LANES >= count - whole) break;
    const Vector right = vector_at(dots->last + v * LANES), mask = vector_at(dots->mask + v * LANES);
    UNROLL for (int i = 0; i < rows; i++)
      parts[i][v] += masked(vector_at(last + i * last_stride + v * LANES), mask) * right;
  }
  UNROLL for (int i = 0; i < rows; i++) out[i] = total_of(parts[i]);
}

/* Long rows are halved until they are short: rounding errors grow with the logarithm of the length. */
#define LONG_DOTS(name, rows) \
  static void name(const Dots *dots, const Real *a, const Real *column, int64_t count, Real *out) { \
    if (count <= SPAN || interrupt_seen()) { \
      dot_rows(dots, a, column, count <= SPAN ? count : 0, out, rows); \
      return; \
    } \
    int64_t half = (count / 2 + SPAN - 1) / SPAN * SPAN; \
    Real later[rows]; \
    name(dots, a, column, half, out); \
    name(dots, a + half, column + half, count - half, later); \
    for (int i = 0; i < (rows); i++) out[i] += later[i]; \
  }
LONG_DOTS(dots_together, ROWS_TOGETHER)
LONG_DOTS(dot_alone, 1)

static void dot_share(void *context, int64_t index) {
  const Dots *dots = context;
  const Matrix *a = dots->a;
  int64_t i = index * dots->share, end = smaller_of(i + dots->share, a->rows), rows;
  for (; i < end && !interrupt_seen(); i += rows) {
    const Real *row = (const Real *)a->data + i * a->row_stride;
    Real results[ROWS_TOGETHER];
    rows = end - i >= ROWS_TOGETHER ? ROWS_TOGETHER : 1;
    (rows > 1 ? dots_together : dot_alone)(dots, row, dots->column, a->columns, results);
    for (int64_t k = 0; k < rows; k++) dots->out[(i + k) * dots->out_stride] = results[k];
  }
}

/* Numbers side by side: where they are, or copied. */
static const Real *dense(const Real *numbers, int64_t stride, int64_t count, Real *room) {
  if (stride == 1) return numbers;
  for (int64_t k = 0; k < count; k++) room[k] = numbers[k * stride];
  return room;
}

static void find_last(Dots *dots) {
  int64_t terms = dots->a->columns, rest = terms % SUMS;
  memcpy(dots->last, dots->column + terms - rest, (size_t)rest * sizeof *dots->last);
  memset(dots->mask, 0xff, (size_t)rest * sizeof *dots->mask);
}

/* `room` is for the column, and for a matrix of one row, where they do not lie densely. */
static bool multiply_column(Real *room, const Matrix *a, const Matrix *b, Real *out, int64_t out_stride) {
  int64_t terms = b->rows;
  Matrix rows = *a;
  if (a->rows == 1) rows.data = dense(a->data, a->column_stride, terms, room + terms);
  Dots dots = {.a = &rows, .column = dense(b->data, b->row_stride, terms, room), .out = out, .out_stride = out_stride,
               .share = ROWS_TOGETHER * (SHARE_WORK / (ROWS_TOGETHER * terms) + 1)};
  dots.end = (const Real *)rows.data + (a->row_stride > 0 ? (a->rows - 1) * a->row_stride : 0) + terms;
  find_last(&dots);
  double nanoseconds = 0.5 / LANES * (double)dots.share * (double)terms;
  return threads_run((a->rows + dots.share - 1) / dots.share, nanoseconds, dot_share, &dots) && !interrupt_seen();
}

/* ---- a row times a matrix */
typedef struct RowProduct { const Matrix *a, *b; Real *out; } RowProduct;

/* sums += terms of a row of a times rows of b. */
static inline __attribute__((always_inline)) void add_terms(Real *sums, const Real *a, int64_t a_stride, const Real *b,
                                                            int64_t stride, int64_t columns, const int terms) {
  Real factors[TERMS_TOGETHER];
  int64_t j = 0;
  UNROLL for (int k = 0; k < terms; k++) factors[k] = a[k * a_stride];
  for (; j + LANES <= columns; j += LANES) {
    Vector sum = vector_at(sums + j);
    UNROLL for (int k = 0; k < terms; k++) sum += factors[k] * vector_at(b + k * stride + j);
    *(Vector *)(void *)(sums + j) = sum;
  }
  for (; j < columns; j++) {
    Real sum = sums[j];
    UNROLL for (int k = 0; k < terms; k++) sum += factors[k] * b[k * stride + j];
    sums[j] = sum;
  }
}

/* Some columns, the terms of one block. */
static void sum_block(const RowProduct *product, int64_t first, int64_t terms, int64_t start, int64_t columns,
                      Real *sums) {
  const Matrix *a = product->a, *b = product->b;
  const Real *factors = (const Real *)a->data + first * a->column_stride;
  const Real *row = (const Real *)b->data + first * b->row_stride + start;
  const int64_t across = a->column_stride, down = b->row_stride;
  int64_t k = 0;
  for (int64_t j = 0; j < columns; j++) sums[j] = 0;
  for (; k + TERMS_TOGETHER <= terms; k += TERMS_TOGETHER)
    add_terms(sums, factors + k * across, across, row + k * down, down, columns, TERMS_TOGETHER);
  for (; k < terms; k++) add_terms(sums, factors + k * across, across, row + k * down, down, columns, 1);
}

static void row_share(void *context, int64_t index) {
  const RowProduct *product = context;
  int64_t start = index * SHARE_COLUMNS, columns = smaller_of(SHARE_COLUMNS, product->b->columns - start);
  int64_t terms = product->b->rows, depth = product_depth(terms);
  Real sums[SHARE_COLUMNS], *out = product->out + start;
  for (int64_t first = 0; first < terms && !interrupt_seen(); first += depth) {
    sum_block(product, first, smaller_of(depth, terms - first), start, columns, sums);
    for (int64_t j = 0; j < columns; j++) out[j] = first == 0 ? sums[j] : sums[j] + out[j];
  }
}

static bool multiply_row(const Matrix *a, const Matrix *b, Real *out) {
  RowProduct product = {a, b, out};
  double nanoseconds = 0.5 / LANES * SHARE_COLUMNS * (double)b->rows;
  return threads_run((b->columns + SHARE_COLUMNS - 1) / SHARE_COLUMNS, nanoseconds, row_share, &product) &&
         !interrupt_seen();
}
