/* SPDX-License-Identifier: MIT */
/* text_summary.c: the line of statistics below a tensor that is not shown as a whole. */
#include <math.h>

#include "runtime/format/text_cell.h"
#include "runtime/iterator.h"

typedef struct Statistics {
  int64_t finite, nans, infinities;
  int64_t least_integer, most_integer; /* of integer tensors: exact */
  double least, most, sum, lost;       /* of finite numbers; `lost` is what rounding took from `sum` */
  double scale;                        /* of the sum */
} Statistics;

static void count_number(Statistics *statistics, double x) {
  if (!isfinite(x)) {
    if (isnan(x)) statistics->nans++;
    else statistics->infinities++;
    return;
  }
  if (statistics->finite++ == 0) statistics->least = statistics->most = x;
  if (x < statistics->least) statistics->least = x;
  if (x > statistics->most) statistics->most = x;
  x *= statistics->scale;
  double sum = statistics->sum + x;
  statistics->lost += fabs(statistics->sum) >= fabs(x) ? (statistics->sum - sum) + x : (x - sum) + statistics->sum;
  statistics->sum = sum;
}

static void count_integer(Statistics *statistics, int64_t integer) {
  if (statistics->finite == 0) statistics->least_integer = statistics->most_integer = integer;
  if (integer < statistics->least_integer) statistics->least_integer = integer;
  if (integer > statistics->most_integer) statistics->most_integer = integer;
  count_number(statistics, (double)integer);
}

static void count_element(Statistics *statistics, DType dtype, const void *element) {
  switch (dtype) {
    case DTYPE_BOOL: count_integer(statistics, *(const bool *)element); break;
    case DTYPE_UINT8: count_integer(statistics, *(const uint8_t *)element); break;
    case DTYPE_INT32: count_integer(statistics, *(const int32_t *)element); break;
    case DTYPE_INT64: count_integer(statistics, *(const int64_t *)element); break;
    case DTYPE_FLOAT32: count_number(statistics, (double)*(const float *)element); break;
    default: count_number(statistics, *(const double *)element); break;
  }
}

static bool count_all(Statistics *statistics, Runtime *runtime, const Tensor *tensor, double scale) {
  *statistics = (Statistics){.scale = scale};
  Tensor *operand = (Tensor *)tensor;
  Iterator iterator;
  int64_t done = 0;
  iterator_start(&iterator, tensor->layout, 1, &operand);
  while (iterator_next(&iterator)) {
    const char *element = iterator.data[0];
    for (int64_t i = 0; i < iterator.count; i++, element += iterator.strides[0]) {
      count_element(statistics, (DType)tensor->dtype, element);
      if (++done % TEXT_POLL == 0 && runtime_interrupted(runtime)) return false;
    }
  }
  return true;
}

/* A sum that overflows is taken again of smaller numbers. */
static bool mean_of(Runtime *runtime, const Tensor *tensor, Statistics *statistics, double *mean) {
  static const double smaller = 0x1p-64;
  if (!count_all(statistics, runtime, tensor, 1)) return false;
  if (!isfinite(statistics->sum) && !count_all(statistics, runtime, tensor, smaller)) return false;
  double count = (double)(statistics->finite ? statistics->finite : 1);
  *mean = (statistics->sum + statistics->lost) / count / statistics->scale;
  return true;
}

static void write_value(Buffer *out, const char *name, double number, bool single, const TextOptions *options) {
  buffer_add_text(out, name);
  Decimal decimal = text_round(number, single, text_precision(options));
  decimal_write(out, &decimal);
}

static void write_range(Buffer *out, const Tensor *tensor, const Statistics *statistics, const TextOptions *options) {
  if (tensor_is_float(tensor)) {
    write_value(out, " min ", statistics->least, text_is_single(tensor), options);
    write_value(out, " max ", statistics->most, text_is_single(tensor), options);
  } else {
    buffer_format(out, " min %lld max %lld", (long long)statistics->least_integer,
                  (long long)statistics->most_integer);
  }
}

static void write_not_finite(Buffer *out, const Statistics *statistics) {
  const char *separator = statistics->finite ? "; " : " ";
  if (statistics->nans) buffer_format(out, "%s%lld nan", separator, (long long)statistics->nans);
  if (statistics->nans) separator = ", ";
  if (statistics->infinities) buffer_format(out, "%s%lld inf", separator, (long long)statistics->infinities);
}

bool text_summary(Buffer *out, Runtime *runtime, const Tensor *tensor, const TextOptions *options) {
  ShapeText shape;
  Statistics statistics;
  double mean;
  if (!mean_of(runtime, tensor, &statistics, &mean)) return false;
  buffer_format(out, "# shape %s:", layout_text(&shape, tensor->layout));
  if (tensor->dtype == DTYPE_BOOL) {
    buffer_format(out, " %.0f true", statistics.sum);
    return true;
  }
  if (statistics.finite) {
    write_range(out, tensor, &statistics, options);
    write_value(out, " mean ", mean, false, options);
  }
  write_not_finite(out, &statistics);
  return true;
}
