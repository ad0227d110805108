/* SPDX-License-Identifier: MIT */
/* random.h: xoshiro256++ seeded by splitmix64, and numbers of every distribution from it.

   No result depends on the C library's mathematics: logarithms and exponentials are computed here with operations that
   IEEE 754 rounds correctly, so a seed gives the same numbers on every machine. */
#ifndef MGRAD_RUNTIME_RANDOM_H
#define MGRAD_RUNTIME_RANDOM_H
#include "runtime/tensor.h"

/* A Random that starts as {0} counts as seeded with 0. */
void random_seed(Random *random, uint64_t seed);
uint64_t random_next(Random *random);                  /* 64 random bits */
double random_uniform(Random *random);                 /* [0, 1): the top 53 bits */
uint64_t random_below(Random *random, uint64_t bound); /* 0 to bound - 1 without bias; bound 0: all 64 bits */
double random_normal(Random *random);                  /* ziggurat */
double random_exponential(Random *random);             /* mean 1 */
double random_gamma(Random *random, double shape);     /* scale 1; shape > 0 */
double random_beta(Random *random, double a, double b);
int64_t random_poisson(Random *random, double mean);   /* 0 <= mean < 2**62 */
int64_t random_binomial(Random *random, int64_t n, double p);

/* Tensors of a shape; the error names a parameter that makes no sense.  Parameters are numbers, so that a
   distribution with tensors as parameters is drawn element by element by the caller. */
Tensor *random_uniform_tensor(Runtime *runtime, DType dtype, int ndim, const int64_t *shape, double low, double high);
Tensor *random_normal_tensor(Runtime *runtime, DType dtype, int ndim, const int64_t *shape, double mean, double std);
Tensor *random_integer_tensor(Runtime *runtime, int ndim, const int64_t *shape, int64_t low, int64_t high); /* int64,
   low to high - 1 */

/* One of the distributions of floats above. */
typedef Tensor *(*RandomSampler)(Runtime *runtime, DType dtype, int ndim, const int64_t *shape, double a, double b);

typedef enum RandomKind {
  RANDOM_EXPONENTIAL, /* scale */
  RANDOM_GAMMA,       /* shape, scale */
  RANDOM_BETA,        /* a, b */
  RANDOM_POISSON,     /* mean; int64 */
  RANDOM_BINOMIAL,    /* n, p; int64 */
  RANDOM_BERNOULLI    /* p; 0 or 1 in float64 */
} RandomKind;
Tensor *random_tensor(Runtime *runtime, RandomKind kind, int ndim, const int64_t *shape, double a, double b);

/* 0 to n - 1 in random order: int64 of shape (n,). */
Tensor *random_permutation(Runtime *runtime, int64_t n);
/* `count` of the numbers 0 to n - 1 as int64 of shape (count,), with or without replacement; `weights` (NULL: equal
   ones) has shape (n,), is not negative and has a positive finite sum. */
Tensor *random_choice(Runtime *runtime, int64_t n, int64_t count, bool replace, Tensor *weights);

#endif
