/* SPDX-License-Identifier: MIT */
/* power_loops.h: loops over x to the power y; a part of elementwise_loops.h.

   They take a block at a time, in one of two ways that give the same bits: a short one where every x and every result
   is positive and has all its digits, and one for everything.  The short one of float64 is three loops: of chains of
   few operations processors have more under way than of long ones.  Steps are 1, or 0 of an operand that is one number;
   they are constants where these functions become part of others. */
#define POWER_SIGN 0x8000000000000000

/* What of the sign of x the way does not look at, and what of it the result has. */
typedef struct PowerSigns { uint64_t ignored, kept; } PowerSigns;

INLINE PowerSigns power_signs(double y, int64_t y_step) {
  double parity = power_parity(y);
  if (y_step == 0 && parity == 0.5) return (PowerSigns){POWER_SIGN, POWER_SIGN};
  return (PowerSigns){y_step == 0 && parity == 0 ? POWER_SIGN : 0, 0};
}

/* ---- float64 */
typedef struct PowerBlock {
  double head[ELEMENTWISE_BLOCK], tail[ELEMENTWISE_BLOCK], start[ELEMENTWISE_BLOCK], start_tail[ELEMENTWISE_BLOCK];
} PowerBlock;

INLINE void power_quotients(PowerBlock *block, const double *x, bool any, int64_t count) {
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) {
    double size = absolute_float64(x[i]);
    PowerQuotient quotient = any ? power_quotient_any(size) : power_quotient(size);
    block->head[i] = quotient.head;
    block->tail[i] = quotient.tail;
    block->start[i] = quotient.start;
    block->start_tail[i] = quotient.start_tail;
  }
}

INLINE PowerQuotient power_quotient_at(const PowerBlock *block, int64_t i) {
  return (PowerQuotient){block->head[i], block->tail[i], block->start[i], block->start_tail[i]};
}

/* Head and tail become y log2 |x|. */
INLINE void power_products(PowerBlock *block, const double *x, int64_t x_step, const double *y, int64_t y_step,
                           bool any, int64_t count) {
  power_quotients(block, x, any, x_step ? count : 1);
  PowerParts first = power_log(power_quotient_at(block, 0));
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) {
    PowerParts log = x_step ? power_log(power_quotient_at(block, i)) : first;
    PowerParts product = any ? power_times_any(y[i * y_step], log) : power_times(y[i * y_step], log);
    block->head[i] = product.head;
    block->tail[i] = product.tail;
  }
}

INLINE bool power_near_float64(double *results, const double *x, int64_t x_step, const double *y, int64_t y_step,
                               int64_t count) {
  PowerBlock block;
  PowerSigns signs = power_signs(*y, y_step);
  if (!all_normal_float64(x, 0, signs.ignored, x_step ? count : 1)) return false;
  power_products(&block, x, x_step, y, y_step, false, count);
  if (!all_within_float64(block.head, count, POWER_MOST)) return false;
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) {
    double value = power_exp_near((PowerParts){block.head[i], block.tail[i]});
    results[i] = of_bits_float64(bits_float64(value) | (bits_float64(x[i * x_step]) & signs.kept));
  }
  return true;
}

INLINE void power_far_float64(double *results, const double *x, int64_t x_step, const double *y, int64_t y_step,
                              int64_t count) {
  PowerBlock block;
  power_products(&block, x, x_step, y, y_step, true, count);
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) {
    results[i] = power_exp_any(x[i * x_step], y[i * y_step], (PowerParts){block.head[i], block.tail[i]});
  }
}

/* ---- float32 */
INLINE bool power_near_numbers(const float *x, uint32_t ignored, int64_t x_count, const float *y, int64_t y_count) {
  uint32_t outside = 0, infinity = 0x7f800000;
  for (int64_t i = 0; i < x_count; i++) {
    uint32_t bits = bits_float32(x[i]) & ~ignored;
    outside |= (bits - 1) | (infinity - 1 - bits);
  }
  return !(outside >> 31) && all_within_float32(y, y_count, 0x1.fffffep127f);
}

INLINE bool power_near_float32(float *results, const float *x, int64_t x_step, const float *y, int64_t y_step,
                                     int64_t count) {
  PowerSigns signs = power_signs((double)*y, y_step);
  uint32_t ignored = (uint32_t)(signs.ignored >> 32), kept = (uint32_t)(signs.kept >> 32);
  if (!power_near_numbers(x, ignored, x_step ? count : 1, y, y_step ? count : 1)) return false;
  double logs[ELEMENTWISE_BLOCK];
  int64_t different = x_step ? count : 1;
  INDEPENDENT
  for (int64_t i = 0; i < different; i++) logs[i] = power_log_float32((double)absolute_float32(x[i]));
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) {
    float number = x[i * x_step], value = (float)power_exp_float32((double)y[i * y_step] * logs[i * x_step]);
    results[i] = of_bits_float32(bits_float32(value) | (bits_float32(number) & kept));
  }
  return true;
}

INLINE void power_far_float32(float *results, const float *x, int64_t x_step, const float *y, int64_t y_step,
                              int64_t count) {
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) results[i] = power_float32(x[i * x_step], y[i * y_step]);
}

/* ---- both */
/* Whether any exponent is one of the plain ones: then one of the differences is 0, and 1 less has the sign. */
#define POWER_FOUND(type, exponent, power) \
  difference = bits ^ bits_##type(exponent), found |= (difference - 1) & ~difference;
#define POWER_ANY_PLAIN(REAL, WORD, type) \
  INLINE bool power_any_plain_##type(const REAL *y, int64_t count) { \
    WORD found = 0; \
    for (int64_t i = 0; i < count; i++) { \
      WORD bits = bits_##type(y[i]), difference; \
      PLAIN_POWERS(POWER_FOUND, type) \
    } \
    return found >> (8 * sizeof(WORD) - 1); \
  }
POWER_ANY_PLAIN(double, uint64_t, float64)
POWER_ANY_PLAIN(float, uint32_t, float32)
#undef POWER_ANY_PLAIN
#undef POWER_FOUND

#define POWER_OF_NUMBER(type, exponent, power) \
  if (y_step == 0 && *y == (exponent)) { \
    power_plain_number_##type(results, x, exponent, count); \
    return; \
  }
#define POWER_BLOCKS(REAL, type) \
  INLINE void power_steps_##type(REAL *results, const REAL *x, int64_t x_step, const REAL *y, int64_t y_step, \
                                 int64_t count) { \
    if (!power_near_##type(results, x, x_step, y, y_step, count)) \
      power_far_##type(results, x, x_step, y, y_step, count); \
  } \
  /* One function for each way to walk, however many call it: they are long. */ \
  static NOT_INLINE void power_of_pairs_##type(REAL *results, const REAL *x, const REAL *y, int64_t count) { \
    power_steps_##type(results, x, 1, y, 1, count); \
  } \
  static NOT_INLINE void power_of_right_##type(REAL *results, const REAL *x, const REAL *y, int64_t count) { \
    power_steps_##type(results, x, 1, y, 0, count); \
  } \
  static NOT_INLINE void power_of_left_##type(REAL *results, const REAL *x, const REAL *y, int64_t count) { \
    power_steps_##type(results, x, 0, y, 1, count); \
  } \
  INLINE void power_values_##type(REAL *results, const REAL *x, int64_t x_step, const REAL *y, int64_t y_step, \
                                  int64_t count) { \
    if (x_step == 0) power_of_left_##type(results, x, y, count); \
    else if (y_step == 0) power_of_right_##type(results, x, y, count); \
    else power_of_pairs_##type(results, x, y, count); \
  } \
  INLINE void power_plain_number_##type(REAL *results, const REAL *x, double y, int64_t count) { \
    INDEPENDENT \
    for (int64_t i = 0; i < count; i++) results[i] = power_plain_##type(x[i], y, 0); \
  } \
  /* The results may lie over an operand, which is looked at twice here. */ \
  INLINE void power_mixed_##type(REAL *results, const REAL *x, int64_t x_step, const REAL *y, int64_t count) { \
    REAL values[ELEMENTWISE_BLOCK]; \
    power_values_##type(values, x, x_step, y, 1, count); \
    INDEPENDENT \
    for (int64_t i = 0; i < count; i++) results[i] = power_plain_##type(x[i * x_step], (double)y[i], values[i]); \
  } \
  INLINE void power_block_##type(REAL *results, const REAL *x, int64_t x_step, const REAL *y, int64_t y_step, \
                                 int64_t count) { \
    PLAIN_POWERS(POWER_OF_NUMBER, type) \
    if (y_step && power_any_plain_##type(y, count)) power_mixed_##type(results, x, x_step, y, count); \
    else power_values_##type(results, x, x_step, y, y_step, count); \
  }
POWER_BLOCKS(double, float64)
POWER_BLOCKS(float, float32)
#undef POWER_BLOCKS
#undef POWER_OF_NUMBER

#define POWER_BLOCK_OF _Generic((ELEMENT)0, double: power_block_float64, default: power_block_float32)
#define POWER_REAL_LOOP(name, x_declared, x, x_step, y_declared, y, y_step) \
  static void name(ELEMENT *results, x_declared, y_declared, int64_t count) { \
    for (int64_t i = 0; i < count; i += ELEMENTWISE_BLOCK) { \
      int64_t length = count - i < ELEMENTWISE_BLOCK ? count - i : ELEMENTWISE_BLOCK; \
      POWER_BLOCK_OF(results + i, x + i * (x_step), x_step, y + i * (y_step), y_step, length); \
    } \
  }
#define POWER_REAL_LOOPS \
  POWER_REAL_LOOP(power_pairs_run, const ELEMENT *x, x, 1, const ELEMENT *y, y, 1) \
  POWER_REAL_LOOP(power_right_run, const ELEMENT *x, x, 1, const ELEMENT second, (&second), 0) \
  POWER_REAL_LOOP(power_left_run, const ELEMENT first, (&first), 0, const ELEMENT *y, y, 1)

/* ---- integers: one exponent for all squares and multiplies a block at a time */
INLINE void power_integer_block(ELEMENT *results, const ELEMENT *x, uint64_t y, int64_t count) {
  uint64_t base[ELEMENTWISE_BLOCK], value[ELEMENTWISE_BLOCK];
  for (int64_t i = 0; i < count; i++) {
    base[i] = (uint64_t)(int64_t)x[i];
    value[i] = 1;
  }
  for (; y; y >>= 1) {
    for (int64_t i = 0; (y & 1) && i < count; i++) value[i] *= base[i];
    for (int64_t i = 0; y > 1 && i < count; i++) base[i] *= base[i];
  }
  for (int64_t i = 0; i < count; i++) results[i] = (ELEMENT)value[i];
}

INLINE void power_integer_number(ELEMENT *results, const ELEMENT *x, int64_t y, int64_t count) {
  if (y == 2) {
    INDEPENDENT
    for (int64_t i = 0; i < count; i++) results[i] = (ELEMENT)integer_multiply((int64_t)x[i], (int64_t)x[i]);
  } else if (y < 0) {
    for (int64_t i = 0; i < count; i++) results[i] = 0;
  } else {
    for (int64_t i = 0; i < count; i += ELEMENTWISE_BLOCK) {
      const int64_t length = count - i < ELEMENTWISE_BLOCK ? count - i : ELEMENTWISE_BLOCK;
      power_integer_block(results + i, x + i, (uint64_t)y, length);
    }
  }
}

#define POWER_INTEGER_LOOPS \
  static void power_pairs_run(ELEMENT *results, const ELEMENT *x, const ELEMENT *y, int64_t count) { \
    for (int64_t i = 0; i < count; i++) results[i] = (ELEMENT)integer_power((int64_t)x[i], (int64_t)y[i]); \
  } \
  static void power_right_run(ELEMENT *results, const ELEMENT *x, const ELEMENT y, int64_t count) { \
    power_integer_number(results, x, (int64_t)y, count); \
  } \
  static void power_left_run(ELEMENT *results, const ELEMENT x, const ELEMENT *y, int64_t count) { \
    for (int64_t i = 0; i < count; i++) results[i] = (ELEMENT)integer_power((int64_t)x, (int64_t)y[i]); \
  }

COLUMN(POWER_REAL_LOOPS, POWER_INTEGER_LOOPS)

/* Whether it has computed a row: those that raise to powers. */
static inline bool is_power(OpId op) { return op == OP_power; }

static inline bool raise_pairs(OpId op, void *results, const ELEMENT *x, const ELEMENT *y, int64_t count) {
  if (!is_power(op)) return false;
  power_pairs_run(results, x, y, count);
  return true;
}

static inline bool raise_right(OpId op, void *results, const ELEMENT *x, ELEMENT y, int64_t count) {
  if (!is_power(op)) return false;
  power_right_run(results, x, y, count);
  return true;
}

static inline bool raise_left(OpId op, void *results, ELEMENT x, const ELEMENT *y, int64_t count) {
  if (!is_power(op)) return false;
  power_left_run(results, x, y, count);
  return true;
}
