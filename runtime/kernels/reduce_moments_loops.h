/* SPDX-License-Identifier: MIT */
/* reduce_moments_loops.h: expands the inner loops of variances: the mean as first + mean(x - first), then squares about
   it, in the lanes of sums.  Part of reduce_fold_loops.h. */

/* The squares about a mean less those about its rounded value. */
static inline double squares_of_rest(double squares, double rest, int64_t rows) {
  const double more = rest * rest * (double)rows;
  return squares - (more < squares ? more : 0);
}

static inline double add_lanes(const double *lanes) {
  return PAIRWISE(real_add, LINE_LANE);
}

/* ---- elements of a line side by side: several lines together, since each waits for its own sums */
enum { LANE_WIDTH = LANE_BYTES / (int)sizeof(double), LANE_VECTORS = FOLD_LANES / LANE_WIDTH };
typedef double MomentsVector __attribute__((vector_size(LANE_BYTES)));
typedef float MomentsInput __attribute__((vector_size(LANE_BYTES / 2)));
typedef struct MomentsLines { const void *x; int64_t apart, rows; } MomentsLines;

INLINE double line_element(const void *x, int64_t place, const bool single) {
  return single ? (double)((const float *)x)[place] : ((const double *)x)[place];
}

INLINE MomentsVector line_vector(const void *x, int64_t place, const bool single) {
  MomentsVector vector;
  MomentsInput input;
  if (!single) return memcpy(&vector, (const double *)x + place, sizeof vector), vector;
  memcpy(&input, (const float *)x + place, sizeof input);
  return __builtin_convertvector(input, MomentsVector);
}

#define EACH_LINE_VECTOR(line, v, count) \
  UNROLL for (int line = 0; line < (count); line++) UNROLL for (int v = 0; v < LANE_VECTORS; v++)

/* Sums of the differences from `from`, one for each line, or of their squares.  The last elements go to the first
   lanes. */
INLINE void sum_of_lines(const MomentsLines *lines, const int count, const bool single, const bool square,
                         const double *from, double *sums) {
  MomentsVector lanes[MOMENTS_LINES][LANE_VECTORS];
  const int64_t whole = lines->rows - lines->rows % FOLD_LANES;
  EACH_LINE_VECTOR(line, v, count) lanes[line][v] = (MomentsVector){0};
  for (int64_t row = 0; row < whole; row += FOLD_LANES) {
    EACH_LINE_VECTOR(line, v, count) {
      const MomentsVector x = line_vector(lines->x, line * lines->apart + row + v * LANE_WIDTH, single) - from[line];
      lanes[line][v] += square ? x * x : x;
    }
  }
  for (int line = 0; line < count; line++) {
    double numbers[FOLD_LANES];
    memcpy(numbers, lanes[line], sizeof numbers);
    for (int64_t row = whole; row < lines->rows; row++) {
      const double x = line_element(lines->x, line * lines->apart + row, single) - from[line];
      numbers[row - whole] += square ? x * x : x;
    }
    sums[line] = add_lanes(numbers);
  }
}

INLINE void moments_of_group(const MomentsLines *lines, const int count, const bool single, Moments *out,
                             int64_t place) {
  double centres[MOMENTS_LINES], sums[MOMENTS_LINES];
  for (int line = 0; line < count; line++) centres[line] = line_element(lines->x, line * lines->apart, single);
  sum_of_lines(lines, count, single, false, centres, sums);
  for (int line = 0; line < count; line++)
    out->rest[place + line] = add_exactly(&centres[line], sums[line] / (double)lines->rows);
  sum_of_lines(lines, count, single, true, centres, sums);
  for (int line = 0; line < count; line++) {
    out->mean[place + line] = centres[line];
    out->squares[place + line] = squares_of_rest(sums[line], out->rest[place + line], lines->rows);
  }
}

#define MOMENTS_OF_LINES(name, INPUT) \
  static void name(const void *x, int64_t apart, int64_t rows, int64_t width, Moments *out) { \
    MomentsLines lines = {x, apart, rows}; \
    int64_t line = 0; \
    out->rows = rows; \
    for (; line + MOMENTS_LINES <= width; line += MOMENTS_LINES) { \
      lines.x = (const INPUT *)x + line * apart; \
      moments_of_group(&lines, MOMENTS_LINES, sizeof(INPUT) < sizeof(double), out, line); \
    } \
    for (; line < width; line++) { \
      lines.x = (const INPUT *)x + line * apart; \
      moments_of_group(&lines, 1, sizeof(INPUT) < sizeof(double), out, line); \
    } \
  }
MOMENTS_OF_LINES(lines_float64, double)
MOMENTS_OF_LINES(lines_float32, float)

/* ---- columns side by side */
static void columns_float64(const void *numbers, int64_t stride, int64_t rows, int64_t width, Moments *restrict out) {
  const double *x = numbers;
  double lanes[FOLD_LANES][MOMENTS_WIDTH] = {{0}};
  double *restrict mean = out->mean;
  out->rows = rows;
  for (int64_t row = 0; row < rows; row++) {
    double *restrict lane = lanes[row % FOLD_LANES];
    if (row + FETCH_ROWS < rows) fetch_ahead((const char *)(x + (row + FETCH_ROWS) * stride), width * 8);
    for (int64_t i = 0; i < width; i++) lane[i] += x[row * stride + i] - x[i];
  }
  for (int64_t i = 0; i < width; i++) {
    mean[i] = x[i];
    out->rest[i] = add_exactly(&mean[i], PAIRWISE(real_add, COLUMN_LANE) / (double)rows);
  }
  memset(lanes, 0, sizeof lanes);
  for (int64_t row = 0; row < rows; row++) {
    double *restrict lane = lanes[row % FOLD_LANES];
    for (int64_t i = 0; i < width; i++) lane[i] += (x[row * stride + i] - mean[i]) * (x[row * stride + i] - mean[i]);
  }
  for (int64_t i = 0; i < width; i++)
    out->squares[i] = squares_of_rest(PAIRWISE(real_add, COLUMN_LANE), out->rest[i], rows);
}

const MomentsLoops MOMENTS = {lines_float64, lines_float32, columns_float64};
