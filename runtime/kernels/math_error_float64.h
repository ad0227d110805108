/* SPDX-License-Identifier: MIT */
/* math_error_float64.h: the polynomials of math_error.h for float64; part of math_float64.h. */
#define ERROR_CENTER 3.75
#define NORMAL_CENTER 5.25

/* erf(x) / x - 1 of z = x^2, for |x| <= 1 */
INLINE double error_rest_float64(double z) {
  double z2 = z * z, z4 = z2 * z2;
  double first = (0x1.06eba8214db68p-3 - z * 0x1.812746b0379b8p-2) +
                 z2 * (0x1.ce2f21a040a08p-4 - z * 0x1.b82ce311edf97p-6);
  double second = (0x1.565bccf781efap-8 - z * 0x1.c02daffcaa12bp-11) +
                  z2 * (0x1.f9a2b473802b7p-14 - z * 0x1.f4c9ec7298a5fp-17);
  double third = (0x1.b97c08f8ac2a9p-20 - z * 0x1.5befa11b6eb3ep-23) +
                 z2 * (0x1.d6767b95318fbp-27 - z * 0x1.a9bdf1e72d7e4p-31);
  return first + z4 * (second + z4 * third);
}

/* (P - 1/2) / x of z = x^2, where P is the probability of a normal variable to be below x, for |x| <= 0.68 */
INLINE double normal_rest_float64(double z) {
  double z2 = z * z, z4 = z2 * z2;
  double first = (0x1.9884533d43651p-2 - z * 0x1.1058377e2cecap-4) +
                 z2 * (0x1.46d0429766a89p-7 - z * 0x1.37403f69f4b41p-10);
  double second = (0x1.e42b0c2d72679p-14 - z * 0x1.3ce8c2829d8fcp-17) +
                  z2 * (0x1.657d669f3f2e7p-21 - z * 0x1.6072c4a0504fcp-25);
  return first + z4 * (second + z4 * 0x1.195701fd9fc04p-29);
}

/* A polynomial of degree 20 that hardly changes: c0 and what rounding it lost, to which all the rest is added in the
   end; the other terms are added up in pairs, so that they need not wait for each other. */
#define POLYNOMIAL_20(name, c0, lost, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, \
                      c19, c20) \
  INLINE double name(double t) { \
    double t2 = t * t, t4 = t2 * t2, t8 = t4 * t4; \
    double first = (lost + t * c1) + t2 * (c2 + t * c3), second = (c4 + t * c5) + t2 * (c6 + t * c7); \
    double third = (c8 + t * c9) + t2 * (c10 + t * c11), fourth = (c12 + t * c13) + t2 * (c14 + t * c15); \
    double fifth = (c16 + t * c17) + t2 * (c18 + t * c19); \
    return c0 + ((first + t4 * second) + t8 * ((third + t4 * fourth) + t8 * (fifth + t4 * c20))); \
  }

/* (1 + 2 x) exp(x^2) erfc(x) of t = (x - c) / (x + c) with c = ERROR_CENTER, for 0.47 <= x <= 27.35 */
POLYNOMIAL_20(error_tail_float64, 0x1.3ccda0b5d5dc2p+0, 0x1.c35348ef503ebp-54, -0x1.1f367683f899fp-3,
              0x1.d5f294815b7a8p-9, 0x1.510169d095fe7p-4, -0x1.bda9309a2be48p-4, 0x1.7a14188aad1b3p-4,
              -0x1.e0d0fa6d55d27p-5,
              0x1.d0b003787df3dp-6, -0x1.3f603c56e8c5bp-7, 0x1.cc3a11518f021p-10, 0x1.33fb469b2df8ep-12,
              -0x1.303fe71d2747bp-12, 0x1.b13f0e217fd11p-15, 0x1.779ad511bd0c9p-16, -0x1.7fc622a6df916p-17,
              -0x1.078c58ab4de97p-20, 0x1.d268eb9c1042ap-20, -0x1.8640f07eabef2p-25, -0x1.01df3f2489bf7p-22,
              0x1.d2e413d10b137p-27, 0x1.a59cfa8490d07p-26)

/* (45 / 64 + x) exp(x^2 / 2) P of the same t with c = NORMAL_CENTER, where P is the probability of a normal variable to
   be above x, for 0.66 <= x <= 38.7 */
POLYNOMIAL_20(normal_tail_float64, 0x1.bffbf82765fe3p-2, 0x1.d9f92044e1ccap-56, -0x1.91c2770947c01p-5,
              0x1.f039b4b3d0ff4p-14, 0x1.eedfa9c301c5fp-6, -0x1.3fdc4f9ce3508p-5, 0x1.0ae89a889b20cp-5,
              -0x1.4cefdc5ed8558p-6,
              0x1.390e4dc546d96p-7, -0x1.9a0205ec47a2ap-9, 0x1.f94158f9f7f14p-12, 0x1.1a8f1caf13002p-13,
              -0x1.991c19746cb53p-14, 0x1.96b1ccffb87c6p-17, 0x1.31b8ec4dd9f77p-17, -0x1.ce6203a09736dp-19,
              -0x1.62157e888c7d8p-21, 0x1.34c7290cb10f5p-21, 0x1.39ddb6a727316p-25, -0x1.692a4fcbdd75cp-24,
              -0x1.32cb18dba097ep-30, 0x1.2e50e6f270e87p-27)

/* A place in a tail: rounding x + c makes it that of a neighbour of x, with which all sums below are exact; what leads
   back to x goes into the exponent. */
typedef struct TailPlace_float64 { double near, t, more; } TailPlace_float64;

/* `slope`: of the logarithm of what stands beside the exponential, at the center; elsewhere it is about as steep as
   (1 - t) (1 - 0.85 t). */
INLINE TailPlace_float64 tail_place_float64(double size, double center, double slope) {
  double below = size + center, near = below - center, t = (near - center) / below;
  return (TailPlace_float64){near, t, (near - size) * (slope * (1 - t) * (1 - 0.85 * t))};
}

#define ERROR_MISSING(x, size) error_far_float64(x)
