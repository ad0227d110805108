/* SPDX-License-Identifier: MIT */
/* product_vector.h: a matrix times a vector.  Part of product_blocks.h, which has the types and tiles.

   The matrix is read once and in order: rows that lie densely one after the other, columns that do side by side, and
   others are gathered first.  Alone, an element is the sum of so many sums side by side, SUMS, for every instruction
   set and however the matrix lies; in ORDER_TILES it is added up as a tile does.  Rows taken together and threads
   change no result. */
enum { SUMS = 64 / (int)sizeof(Real), PARTS = SUMS / LANES, ROWS_TOGETHER = 8 / PARTS };
_Static_assert((int)SUMS >= (int)SAME_TERMS, "few terms have to be added up as product_by_rows does");
/* Terms that are added up one behind the other; multiply-adds that a thread takes at a time. */
enum { SPAN = 1024, SHARE_WORK = 1 << 15 };

static inline Vector vector_at(const Real *data) { return *(const Vector *)(const void *)data; }

/* Whether a sum of nothing but -0 is 0 or -0 would depend on the way: it is 0. */
static inline Real without_sign(Real sum) { return sum + 0; }

/* ---- row by row */
/* Of the last terms of a row, which do not fill the sums, whole vectors are read, and what does not belong to the row
   is masked. */
typedef struct Dots {
  const Matrix *a;
  const Real *column, *end;      /* end: of the matrix in memory */
  Real *out;
  int64_t out_stride, share;
  Real last[SUMS], mask[SUMS];   /* the last terms of the column; all bits where there is one */
} Dots;

/* Dense rows, and the end of what may be read. */
typedef struct Rows { const Real *data, *end; int64_t stride; } Rows;

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

/* The terms of so many rows from one on, with room for whole vectors behind them: where they are, or copied. */
static Rows last_terms(const Rows *a, int64_t first, int64_t count, Real *room, int rows) {
  const Real *from = a->data + first, *last = a->stride > 0 ? from + (rows - 1) * a->stride : from;
  if (count == first || a->end - last >= SUMS) return (Rows){from, a->end, a->stride};
  memset(room, 0, (size_t)rows * SUMS * sizeof *room);
  for (int i = 0; i < rows; i++) memcpy(room + i * SUMS, from + i * a->stride, (size_t)(count - first) * sizeof *room);
  return (Rows){room, room + rows * SUMS, SUMS};
}

/* At most SPAN terms of so many rows: sum number k adds up the terms k, k + SUMS and so on. */
static inline __attribute__((always_inline)) void dot_rows(const Dots *dots, const Rows *a, const Real *column,
                                                           int64_t count, Real *out, const int rows) {
  Vector parts[ROWS_TOGETHER][PARTS];
  Real room[ROWS_TOGETHER * SUMS];
  const int64_t whole = count - count % SUMS, stride = a->stride;
  const Real *data = a->data;
  const Rows last = last_terms(a, whole, count, room, rows);
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < PARTS; v++) parts[i][v] = (Vector){0};
  }
  for (int64_t k = 0; k < whole; k += SUMS) {
    UNROLL for (int v = 0; v < PARTS; v++) {
      const Vector right = vector_at(column + k + v * LANES);
      UNROLL for (int i = 0; i < rows; i++) parts[i][v] += vector_at(data + i * stride + k + v * LANES) * right;
    }
  }
  UNROLL for (int v = 0; v < PARTS; v++) {
    if (v * LANES >= count - whole) break;
    const Vector right = vector_at(dots->last + v * LANES), mask = vector_at(dots->mask + v * LANES);
    UNROLL for (int i = 0; i < rows; i++)
      parts[i][v] += masked(vector_at(last.data + i * last.stride + v * LANES), mask) * right;
  }
  UNROLL for (int i = 0; i < rows; i++) out[i] = total_of(parts[i]);
}

/* The same of rows that do not lie densely.  A function of its own, so that the recursion below needs no room. */
static __attribute__((noinline)) void dot_gathered(const Dots *dots, const Real *from, const Real *column,
                                                   int64_t count, Real *out, int rows) {
  Real room[ROWS_TOGETHER * SPAN];
  const Rows a = {room, room + ROWS_TOGETHER * SPAN, SPAN};
  for (int i = 0; i < rows; i++, from += dots->a->row_stride) {
    for (int64_t k = 0; k < count; k++) room[i * SPAN + k] = from[k * dots->a->column_stride];
  }
  if (rows == 1) dot_rows(dots, &a, column, count, out, 1);
  else dot_rows(dots, &a, column, count, out, ROWS_TOGETHER);
}

static inline __attribute__((always_inline)) void dot_span(const Dots *dots, const Real *from, const Real *column,
                                                           int64_t count, Real *out, const int rows) {
  const Rows a = {from, dots->end, dots->a->row_stride};
  if (dots->a->column_stride == 1) dot_rows(dots, &a, column, count, out, rows);
  else dot_gathered(dots, from, column, count, out, rows);
}

/* Long rows are halved until they are short: rounding errors grow with the logarithm of the length. */
#define LONG_DOTS(name, rows) \
  static void name(const Dots *dots, const Real *a, const Real *column, int64_t count, Real *out) { \
    if (count <= SPAN || interrupt_seen()) { \
      dot_span(dots, a, column, count <= SPAN ? count : 0, out, rows); \
      return; \
    } \
    int64_t half = (count / 2 + SPAN - 1) / SPAN * SPAN; \
    Real later[rows]; \
    name(dots, a, column, half, out); \
    name(dots, a + half * dots->a->column_stride, column + half, count - half, later); \
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
    for (int64_t k = 0; k < rows; k++) dots->out[(i + k) * dots->out_stride] = without_sign(results[k]);
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

/* `room` is for the vector where it does not lie densely. */
static bool multiply_rows(Real *room, const Matrix *a, const Matrix *b, Real *out, int64_t out_stride) {
  int64_t terms = b->rows, work = ROWS_TOGETHER * (terms > 0 ? terms : 1);
  Dots dots = {.a = a, .column = dense(b->data, b->row_stride, terms, room), .out = out, .out_stride = out_stride,
               .share = ROWS_TOGETHER * (SHARE_WORK / work + 1)};
  dots.end = (const Real *)a->data + (a->row_stride > 0 ? (a->rows - 1) * a->row_stride : 0) + terms;
  find_last(&dots);
  double nanoseconds = 0.5 / LANES * (double)dots.share * (double)terms;
  return threads_run((a->rows + dots.share - 1) / dots.share, nanoseconds, dot_share, &dots) && !interrupt_seen();
}

/* ---- column by column */
/* Elements of columns that are summed up together, so that their sums stay in the caches; terms that a sum takes at a
   time; and terms that are few enough to be read from many places at once, with all the sums in registers. */
enum { PIECE = 2048 / (int)sizeof(Real), TERMS_TOGETHER = 8, FEW = 4 * SUMS };

typedef struct Columns {
  const Matrix *a, *b;
  Real *out;
  int64_t out_stride;
  bool alone; /* ORDER_VECTOR */
} Columns;

/* Terms of dense elements: their places, those of their factors, and how far apart both lie. */
typedef struct Terms { const Real *data, *factors; int64_t stride, apart; } Terms;

/* sums += terms times factors, or = where these are the first. */
static inline __attribute__((always_inline)) void add_terms(Real *sums, const Terms *terms, int64_t count,
                                                            const int together, const bool first) {
  const Real *data = terms->data;
  const int64_t stride = terms->stride;
  Real factors[TERMS_TOGETHER];
  int64_t i = 0;
  UNROLL for (int k = 0; k < together; k++) factors[k] = terms->factors[k * terms->apart];
  for (; i + LANES <= count; i += LANES) {
    Vector sum = first ? (Vector){0} : vector_at(sums + i);
    UNROLL for (int k = 0; k < together; k++) sum += factors[k] * vector_at(data + k * stride + i);
    *(Vector *)(void *)(sums + i) = sum;
  }
  for (; i < count; i++) {
    Real sum = first ? 0 : sums[i];
    UNROLL for (int k = 0; k < together; k++) sum += factors[k] * data[k * stride + i];
    sums[i] = sum;
  }
}

#define ADD_TERMS(name, first) \
  static void name(Real *sums, const Terms *terms, int64_t count, int together) { \
    switch (together) { \
      case 1: add_terms(sums, terms, count, 1, first); break; \
      case 2: add_terms(sums, terms, count, 2, first); break; \
      case 4: add_terms(sums, terms, count, 4, first); break; \
      default: add_terms(sums, terms, count, TERMS_TOGETHER, first); break; \
    } \
  }
ADD_TERMS(start_terms, true)
ADD_TERMS(add_more_terms, false)

/* So many terms, `step` apart, of all rows of a, which may not lie densely. */
static void add_columns(const Matrix *a, const Matrix *b, int64_t first, int64_t step, Real *sums, int together) {
  const Real *data = (const Real *)a->data + first * a->column_stride;
  Terms terms = {data, (const Real *)b->data + first * b->row_stride, a->column_stride * step, b->row_stride * step};
  Real room[TERMS_TOGETHER * PIECE];
  if (a->row_stride != 1) {
    for (int k = 0; k < together; k++) {
      for (int64_t i = 0; i < a->rows; i++) room[k * PIECE + i] = data[k * terms.stride + i * a->row_stride];
    }
    terms.data = room;
    terms.stride = PIECE;
  }
  (first < step ? start_terms : add_more_terms)(sums, &terms, a->rows, together);
}

/* Folds halves of all the sums, `width` apart, until one is left; some may have no term. */
static void fold(Real *sums, int64_t width, int64_t count, int used, int all) {
  for (int half = all / 2; half > 0; half /= 2) {
    for (int s = 0; s + half < used; s++) {
      Real *to = sums + s * width, *from = to + half * width;
      for (int64_t i = 0; i < count; i++) to[i] += from[i];
    }
    if (used > half) used = half;
  }
}

/* All the sums of a vector of rows at once, in registers: for a few terms that lie densely. */
static inline __attribute__((always_inline)) Vector few_terms(const Real *data, int64_t stride, const Real *factors,
                                                              int64_t terms) {
  Vector sums[SUMS];
  int64_t k = 0;
  UNROLL for (int s = 0; s < SUMS; s++) sums[s] = (Vector){0};
  for (; k + SUMS <= terms; k += SUMS, data += SUMS * stride) {
    UNROLL for (int s = 0; s < SUMS; s++) sums[s] += factors[k + s] * vector_at(data + s * stride);
  }
  UNROLL for (int s = 0; s < SUMS; s++) {
    if (k + s >= terms) break;
    sums[s] += factors[k + s] * vector_at(data + s * stride);
  }
  UNROLL for (int half = SUMS / 2; half > 0; half /= 2) {
    UNROLL for (int s = 0; s < half; s++) sums[s] += sums[s + half];
  }
  return sums[0];
}

/* The last rows, which do not fill a vector, are copied. */
static void sum_few(const Matrix *a, const Matrix *b, Real *result) {
  const Real *data = a->data;
  const int64_t stride = a->column_stride, terms = b->rows;
  Real factors[FEW], room[FEW * LANES], last[LANES];
  int64_t i = 0;
  for (int64_t k = 0; k < terms; k++) factors[k] = ((const Real *)b->data)[k * b->row_stride];
  for (; i + LANES <= a->rows; i += LANES) {
    const Vector sum = few_terms(data + i, stride, factors, terms);
    memcpy(result + i, &sum, sizeof sum);
  }
  if (i == a->rows) return;
  memset(room, 0, (size_t)terms * LANES * sizeof *room);
  for (int64_t k = 0; k < terms; k++)
    memcpy(room + k * LANES, data + i + k * stride, (size_t)(a->rows - i) * sizeof *room);
  const Vector sum = few_terms(room, LANES, factors, terms);
  memcpy(last, &sum, sizeof sum);
  memcpy(result + i, last, (size_t)(a->rows - i) * sizeof *last);
}

/* a @ b, with so many sums side by side for each of at most PIECE rows. */
static void sum_terms(const Matrix *a, const Matrix *b, int all, Real *result) {
  Real sums[SUMS * PIECE];
  const int64_t terms = b->rows, width = padded(a->rows);
  int64_t k = 0;
  for (int together = TERMS_TOGETHER; together > 0; together /= 2) {
    for (; k + all * together <= terms; k += all * together) {
      for (int s = 0; s < all; s++) add_columns(a, b, k + s, all, sums + s * width, together);
    }
  }
  for (int s = 0; k < terms; k++, s++) add_columns(a, b, k, all, sums + s * width, 1);
  fold(sums, width, a->rows, terms < all ? (int)terms : all, all);
  memcpy(result, sums, (size_t)a->rows * sizeof *result);
}

/* In the order of a tile: block after block. */
static void sum_in_blocks(const Matrix *a, const Matrix *b, Real *result) {
  const int64_t depth = product_depth(b->rows);
  Real later[PIECE];
  for (int64_t first = 0; first < b->rows && !interrupt_seen(); first += depth) {
    Matrix left = part_of(a, 0, a->rows, first, depth), right = part_of(b, first, depth, 0, 1);
    sum_terms(&left, &right, 1, first == 0 ? result : later);
    for (int64_t i = 0; i < a->rows && first > 0; i++) result[i] += later[i];
  }
}

/* In the order of rows: halved until they are short. */
static void sum_in_halves(const Matrix *a, const Matrix *b, Real *result) {
  if (interrupt_seen()) return;
  if (b->rows <= FEW && a->row_stride == 1) {
    sum_few(a, b, result);
    return;
  }
  if (b->rows <= SPAN) {
    sum_terms(a, b, SUMS, result);
    return;
  }
  int64_t half = (b->rows / 2 + SPAN - 1) / SPAN * SPAN, rest = b->rows - half;
  Matrix left = part_of(a, 0, a->rows, 0, half), right = part_of(b, 0, half, 0, 1);
  Matrix last = part_of(a, 0, a->rows, half, rest), lower = part_of(b, half, rest, 0, 1);
  Real later[PIECE];
  sum_in_halves(&left, &right, result);
  sum_in_halves(&last, &lower, later);
  for (int64_t i = 0; i < a->rows; i++) result[i] += later[i];
}

static void column_share(void *context, int64_t index) {
  const Columns *product = context;
  Matrix a = part_of(product->a, index * PIECE, PIECE, 0, product->a->columns);
  Real result[PIECE], *out = product->out + index * PIECE * product->out_stride;
  (product->alone ? sum_in_halves : sum_in_blocks)(&a, product->b, result);
  for (int64_t i = 0; i < a.rows; i++)
    out[i * product->out_stride] = product->alone ? without_sign(result[i]) : result[i];
}

static bool multiply_columns(bool alone, const Matrix *a, const Matrix *b, Real *out, int64_t out_stride) {
  Columns product = {a, b, out, out_stride, alone};
  double nanoseconds = 0.5 / LANES * PIECE * (double)b->rows;
  return threads_run((a->rows + PIECE - 1) / PIECE, nanoseconds, column_share, &product) && !interrupt_seen();
}

/* ---- both */
static bool multiply_vector(const MatrixJob *job, Real *room, const Matrix *a, const Matrix *b, Real *out,
                            int64_t out_stride) {
  bool alone = job->order == ORDER_VECTOR;
  if (product_takes_columns(a)) return multiply_columns(alone, a, b, out, out_stride);
  if (alone) return multiply_rows(room, a, b, out, out_stride);
  return multiply_parts(job, room, a, b, out, out_stride);
}
