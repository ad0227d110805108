/* SPDX-License-Identifier: MIT */
/* elementwise_divide.h: many integers divided by one number, which is inverted once.

   Let size = |y| be above 2^(n-1) and at most 2^n, and x from 0 to 2^B - 1.  Then factor = floor(2^(B+n) / size) + 1
   is such that x / size and x * factor / 2^(B+n) have the same floor: the two differ by less than 1 / size, the least
   that is missing to the next whole number.  A negative x has the floor that ~x has, counted backwards. */
#if DIVIDE_BITS == 64
typedef int64_t Whole;
typedef uint64_t Size;
__extension__ typedef unsigned __int128 Product;
#else
typedef int32_t Whole;
typedef uint32_t Size;
typedef uint64_t Product;
#endif

typedef struct Divisor {
  Size size, factor;
  int shift; /* n - 1 */
} Divisor;

/* y: neither 0 nor of size 1 */
static Divisor divisor_of(Whole y) {
  const Size size = y < 0 ? 0 - (Size)y : (Size)y;
  const int bits = 64 - __builtin_clzll((unsigned long long)size - 1);
  return (Divisor){size, (Size)(((Product)1 << (DIVIDE_BITS - 1 + bits)) / size + 1), bits - 1};
}

static inline Whole floor_of_quotient(Divisor divisor, Whole x) {
  const Whole backwards = x >> (DIVIDE_BITS - 1);
  const Size size = (Size)(x ^ backwards);
  return (Whole)((Size)((Product)size * divisor.factor >> DIVIDE_BITS) >> divisor.shift) ^ backwards;
}

/* `rest` is what the floor leaves of x, from 0 to size - 1. */
#define DIVIDE_RUN(expression) \
  INDEPENDENT \
  for (int64_t i = 0; i < count; i++) { \
    const Whole x = (Whole)a[i], quotient = floor_of_quotient(divisor, x); \
    const Size rest = (Size)x - (Size)quotient * divisor.size; \
    (void)rest; \
    results[i] = (ELEMENT)(expression); \
  }
#define REST_BELOW_0 (Whole)(rest - divisor.size)

static void floor_divide_run(ELEMENT *results, const ELEMENT *a, Divisor divisor, bool negative, int64_t count) {
  if (negative) DIVIDE_RUN(-(quotient + (rest != 0)))
  else DIVIDE_RUN(quotient)
}

static void remainder_run(ELEMENT *results, const ELEMENT *a, Divisor divisor, bool negative, int64_t count) {
  if (negative) DIVIDE_RUN(rest ? REST_BELOW_0 : 0)
  else DIVIDE_RUN((Whole)rest)
}

static void fmod_run(ELEMENT *results, const ELEMENT *a, Divisor divisor, int64_t count) {
  DIVIDE_RUN(rest && x < 0 ? REST_BELOW_0 : (Whole)rest)
}

/* Whether it has computed a row: those that divide, by other numbers than 0, 1 and -1. */
static inline bool divide_by_number(OpId op, void *out, const ELEMENT *a, ELEMENT number, int64_t count) {
  enum { WORTH_INVERTING = 16 };
  const Whole y = (Whole)number;
  if (op != OP_floor_divide && op != OP_remainder && op != OP_fmod) return false;
  if ((y >= -1 && y <= 1) || count < WORTH_INVERTING) return false;
  const Divisor divisor = divisor_of(y);
  if (op == OP_floor_divide) floor_divide_run(out, a, divisor, y < 0, count);
  else if (op == OP_remainder) remainder_run(out, a, divisor, y < 0, count);
  else fmod_run(out, a, divisor, count);
  return true;
}
