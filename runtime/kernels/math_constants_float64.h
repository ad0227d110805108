/* SPDX-License-Identifier: MIT */
/* math_constants_float64.h: the constants of math_exp.h and math_real.h for float64, and the polynomials of exp and log
   (Chebyshev interpolation).  The including file takes them back with math_real_end.h. */
#define NUMBER double
#define WORD uint64_t
#define MANTISSA 52
#define BIAS 1023
#define ROUNDING 0x1.8p52           /* adding it rounds to a whole number, in the low bits */
#define WHOLE 0x1p52                /* of_bits(WHOLE_BITS | n) = WHOLE + n */
#define WHOLE_BITS 0x4330000000000000
#define SHORT_MASK 0xffffffff00000000
#define SQRT_HALF_BITS 0x3fe6a09e667f3bcd
#define LEAST_NORMAL 0x1p-1022
#define TINY_SCALE 0x1p54
#define TINY_POWER 54
#define EXP_LEAST -746.0
#define EXP_MOST 711.0
#define NEAR_MOST 340.0            /* |x| up to which no exponential of x or 2 |x| is near the ends of the range */
#define EXP2_LEAST -1076.0
#define EXP2_MOST 1025.0
#define EXPM1_LEAST -50.0
#define TANH_MOST 20.0
#define SLOPE_MOST 375.0            /* above it sech(x)^2 is 0 */
#define SLOPE_POWER 1000.0
#define SINH_LEAST 0x1p-28            /* below it sinh(x) is x */
#define ROOTS_MOST 0x1p60            /* above it x^2 + 1 is x^2 */
#define ERROR_MOST 27.3                /* above it exp(-x^2) is 0 */
#define NORMAL_MOST 38.6               /* above it exp(-x^2 / 2) is */
#define LOG2_E 0x1.71547652b82fep0
#define LN2_HIGH 0x1.62e42feep-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define LOG2_E_SHORT 0x1.71547652p0
#define LOG2_E_REST 0x1.705fc2eefa2p-33
#define LOG10_2_HIGH 0x1.34413509f78p-2
#define LOG10_2_LOW 0x1.fef311f12b358p-46
#define LOG10_E_SHORT 0x1.bcb7b152p-2
#define LOG10_E_REST 0x1.b9438ca9aadd5p-36
#define PI_LOST 0x1.678afae35cdd1p-55      /* what pi lacks, as a part of it */
#define ROOT_START 0x5fd6eb8500000000
#define CUBE_SHIFT 32                 /* so many of the lower bits do not matter for a guess */
#define CUBE_START 0x1.54fba5e4p30
#define CUBE_HALF 0x800000000         /* half of the last place of 17 bits */
#define CUBE_SCALE 0x1p54
#define CUBE_BACK 0x1p-18

/* (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2, of r and its powers */
#define EXP_REST(r, r2, r4) (EXP_REST_LOW(r, r2) + (r4) * (EXP_REST_MIDDLE(r, r2) + (r4) * EXP_REST_HIGH(r, r2)))
#define EXP_REST_LOW(r, r2) \
  ((0x1p-1 + (r) * 0x1.5555555555557p-3) + (r2) * (0x1.5555555555556p-5 + (r) * 0x1.11111111100dcp-7))
#define EXP_REST_MIDDLE(r, r2) \
  ((0x1.6c16c16c162d4p-10 + (r) * 0x1.a01a01abe7fe1p-13) + \
   (r2) * (0x1.a01a01a6d889cp-16 + (r) * 0x1.71de0231960ebp-19))
#define EXP_REST_HIGH(r, r2) \
  ((0x1.27e4db646b17ep-22 + (r) * 0x1.af4de97ca4194p-26) + (r2) * 0x1.1f730349868cep-29)

/* (log((1 + s) / (1 - s)) - 2 s) / s^3 for |s| <= 3 - sqrt(8), of z = s^2 and its powers */
#define LOG_REST(z, z2, z4) (LOG_REST_LOW(z, z2) + (z4) * LOG_REST_HIGH(z, z2))
#define LOG_REST_LOW(z, z2) \
  ((0x1.5555555555558p-1 + (z) * 0x1.9999999995204p-2) + (z2) * (0x1.2492492e09d4dp-2 + (z) * 0x1.c71c62c639fdep-3))
#define LOG_REST_HIGH(z, z2) \
  ((0x1.7462bd8f7796ep-3 + (z) * 0x1.39fd392179a95p-3) + (z2) * 0x1.2b6688a387e03p-3)
