/* SPDX-License-Identifier: MIT */
/* math_constants_float32.h: the constants of math_exp.h and math_real.h for float32; see math_constants_float64.h. */
#define NUMBER float
#define WORD uint32_t
#define MANTISSA 23
#define BIAS 127
#define ROUNDING 0x1.8p23f
#define WHOLE 0x1p23f
#define WHOLE_BITS 0x4b000000
#define SHORT_MASK 0xfffff000
#define SQRT_HALF_BITS 0x3f3504f3
#define LEAST_NORMAL 0x1p-126f
#define TINY_SCALE 0x1p25f
#define TINY_POWER 25
#define EXP_LEAST -105.0f
#define EXP_MOST 90.0f
#define NEAR_MOST 34.0f
#define EXP2_LEAST -151.0f
#define EXP2_MOST 129.0f
#define EXPM1_LEAST -20.0f
#define TANH_MOST 10.0f
#define SLOPE_MOST 54.0f
#define SLOPE_POWER 100.0f
#define SINH_LEAST 0x1p-13f
#define ROOTS_MOST 0x1p30f
#define ERROR_MOST 10.2f
#define NORMAL_MOST 14.45f
#define LOG2_E 0x1.715476p0f
#define LN2_HIGH 0x1.62ep-1f
#define LN2_LOW 0x1.0bfbe8p-15f
#define LOG2_E_SHORT 0x1.714p0f
#define LOG2_E_REST 0x1.47652cp-12f
#define LOG10_2_HIGH 0x1.344p-2f
#define LOG10_2_LOW 0x1.3509f8p-18f
#define LOG10_E_SHORT 0x1.bcap-2f
#define LOG10_E_REST 0x1.7b1526p-14f
#define PI_LOST -0x1.de12ccp-26f
#define ROOT_START 0x5eb75c28
#define CUBE_SHIFT 8
#define CUBE_START 0x1.5287d8p22f
#define CUBE_HALF 0x8000
#define CUBE_SCALE 0x1p24f
#define CUBE_BACK 0x1p-8f

#define EXP_REST(r, r2, r4) \
  ((0x1p-1f + (r) * 0x1.555556p-3f) + (r2) * ((0x1.5554eap-5f + (r) * 0x1.1110ep-7f) + (r2) * EXP_REST_HIGH(r)))
#define EXP_REST_HIGH(r) (0x1.6d4324p-10f + (r) * 0x1.a124f2p-13f)

#define LOG_REST(z, z2, z4) \
  ((0x1.555556p-1f + (z) * 0x1.9999ecp-2f) + (z2) * (0x1.245c0ap-2f + (z) * 0x1.dddaep-3f))
