/* SPDX-License-Identifier: MIT */
/* math_error_float32.h: the polynomials of math_error.h for float32; part of math_float32.h. */
#define ERROR_CENTER 1.8f
#define NORMAL_CENTER 2.55f

INLINE float error_rest_float32(float z) {
  float z2 = z * z;
  float low = (0x1.06eba8p-3f - z * 0x1.81273ep-2f) + z2 * (0x1.ce2cf8p-4f - z * 0x1.b7f90ep-6f);
  return low + z2 * z2 * ((0x1.5405b2p-8f - z * 0x1.a3f7p-11f) + z2 * 0x1.496a32p-14f);
}

/* log(erfc(x)) for 1 <= x <= 4, as exact as 1 - erfc(x) needs it */
INLINE float error_logarithm_float32(float x) {
  float x2 = x * x;
  float low = (-0x1.661d22p-12f - x * 0x1.2088eap+0f) - x2 * (0x1.46baecp-1f + x * 0x1.a6534p-4f);
  return low + x2 * x2 * ((0x1.65cb78p-6f - x * 0x1.825afap-9f) + x2 * 0x1.86dd86p-13f);
}

INLINE float normal_rest_float32(float z) {
  float z2 = z * z;
  float low = (0x1.988454p-2f - z * 0x1.10582cp-4f) + z2 * (0x1.46ca8cp-7f - z * 0x1.362a5ap-10f);
  return low + z2 * z2 * 0x1.b89f64p-14f;
}

/* As POLYNOMIAL_20 of float64. */
#define POLYNOMIAL_9(name, c0, lost, c1, c2, c3, c4, c5, c6, c7, c8, c9) \
  INLINE float name(float t) { \
    float t2 = t * t, t4 = t2 * t2; \
    float first = (lost + t * c1) + t2 * (c2 + t * c3), second = (c4 + t * c5) + t2 * (c6 + t * c7); \
    return c0 + (first + t4 * (second + t4 * (c8 + t * c9))); \
  }

POLYNOMIAL_9(error_tail_float32, 0x1.48084ap+0f, -0x1.6e8e82p-25f, -0x1.2dd31ap-4f, -0x1.90a806p-3f, 0x1.3a1ddp-3f,
             -0x1.9f5ebcp-6f, -0x1.2feacap-6f, 0x1.0d0daep-8f, 0x1.e89de6p-9f, -0x1.2528b2p-12f, -0x1.7a9d2p-11f)
POLYNOMIAL_9(normal_tail_float32, 0x1.cf514cp-2f, -0x1.df0f74p-28f, -0x1.9e1316p-6f, -0x1.1c816ep-4f, 0x1.bdd4f8p-5f,
             -0x1.2ab638p-7f, -0x1.ac10f6p-8f, 0x1.85396ep-10f, 0x1.578c2ep-10f, -0x1.bf228ep-14f, -0x1.0a011ap-12f)

/* ---- what the polynomials are used with */
/* The polynomials are so flat that what rounding takes from t does not matter. */
typedef struct TailPlace_float32 { float near, t, more; } TailPlace_float32;
INLINE TailPlace_float32 tail_place_float32(float size, float center, float slope) {
  (void)slope;
  return (TailPlace_float32){size, (size - center) / (size + center), 0};
}

#define ERROR_MISSING(x, size) error_missing_float32(size)
INLINE float error_missing_float32(float size) {
  return exp_float32(error_logarithm_float32(limited_float32(size, 1, 4)));
}
