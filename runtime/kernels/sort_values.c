/* SPDX-License-Identifier: MIT */
/* sort_values.c: sorting where nobody asks which element went where. */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/sort.h"
#include "runtime/kernels/sort_radix.h"

/* ---- long lines: by the bits of the numbers */
enum { POLL_ELEMENTS = 1 << 12 };

/* Zeros of both signs are equal and stay in their order, and so does every nan: what bits alone do not tell.  False,
   with the error recorded, when interrupted. */
static bool find_equal_bits_only(Runtime *runtime, const Tensor *x, bool *found) {
  const double *numbers = tensor_data(x);
  int64_t others = 0, size = tensor_is_float(x) ? tensor_size(x) : 0;
  for (int64_t start = 0; start < size && others == 0; start += POLL_ELEMENTS) {
    for (int64_t i = start; i < smaller_of(start + POLL_ELEMENTS, size); i++) {
      int64_t bits;
      memcpy(&bits, &numbers[i], sizeof bits);
      others += numbers[i] != numbers[i] || bits == INT64_MIN;
    }
    if (runtime_interrupted(runtime)) return false;
  }
  *found = others == 0;
  return true;
}

static bool sort_line(Runtime *runtime, char *line, int64_t n, int64_t stride, bool real, uint64_t *keys) {
  double *reals = (double *)(void *)line;
  int64_t *integers = (int64_t *)(void *)line;
  if (!radix_keys(runtime, keys, line, stride, n, real)) return false;
  const uint64_t *sorted = radix_sort(runtime, keys, keys + n, n);
  for (int64_t i = 0; sorted && i < n; i++) {
    if (real) reals[i * stride] = radix_real(sorted[i]);
    else integers[i * stride] = radix_integer(sorted[i]);
  }
  return sorted != NULL;
}

static bool sort_lines(Runtime *runtime, Tensor *numbers, Lines lines) {
  size_t bytes = 2 * sizeof(uint64_t) * (size_t)lines.n;
  uint64_t *keys = memory_allocate_data(bytes);
  if (!keys) return runtime_out_of_memory(runtime), false;
  bool sorted = true;
  for (int64_t i = 0; sorted && i < lines.outer * lines.inner; i++) {
    int64_t first = i / lines.inner * lines.n * lines.inner + i % lines.inner;
    sorted = sort_line(runtime, (char *)tensor_data(numbers) + first * 8, lines.n, lines.inner,
                       tensor_is_float(numbers), keys);
  }
  memory_release_data(keys, bytes);
  return sorted;
}

/* ---- other lines: by the order of their elements */
static bool put_in_order(Runtime *runtime, const Operands *operands, const Tensor *from, Tensor *to, Lines lines) {
  Tensor *order = op_argsort_forward(runtime, operands);
  if (!order) return false;
  const int64_t *in = tensor_data(from), *places = tensor_data(order);
  int64_t *out = tensor_data(to);
  bool going = true;
  for (int64_t i = 0; going && i < tensor_size(from); i++) {
    int64_t line = i / (lines.n * lines.inner) * lines.n * lines.inner + i % lines.inner;
    out[i] = in[line + places[i] * lines.inner];
    if (i % POLL_ELEMENTS == POLL_ELEMENTS - 1) going = !runtime_interrupted(runtime);
  }
  tensor_unref(order);
  return going;
}

/* The keys in order, in a tensor of their own; NULL, with the error recorded, also when interrupted. */
static Tensor *sorted_keys(Runtime *runtime, const Operands *operands, Tensor *keys, Lines lines) {
  bool radix = lines.n >= RADIX_LEAST && lines.n <= RADIX_MOST;
  if (radix && !find_equal_bits_only(runtime, keys, &radix)) return NULL;
  Tensor *sorted = radix ? tensor_copy(runtime, keys)
                         : tensor_new_shape(runtime, (DType)keys->dtype, tensor_ndim(keys), layout_shape(keys->layout));
  if (!sorted || tensor_size(sorted) == 0) return sorted;
  if (radix ? sort_lines(runtime, sorted, lines) : put_in_order(runtime, operands, keys, sorted, lines)) return sorted;
  tensor_unref(sorted);
  return NULL;
}

Tensor *op_sort_values_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *result = NULL;
  int axis = 0;
  if (attribute_is_scalar_axis(operands->attributes, 0, x->layout)) return tensor_ref(x);
  if (!axis_normalise(runtime, attribute_integer(operands->attributes, 0, -1), tensor_ndim(x), x->layout, &axis))
    return NULL;
  Tensor *keys = sort_keys(runtime, x);
  Tensor *sorted = keys ? sorted_keys(runtime, operands, keys, lines_along(x->layout, axis)) : NULL;
  if (sorted) result = tensor_cast(runtime, sorted, (DType)x->dtype);
  tensor_unref(keys);
  tensor_unref(sorted);
  return result;
}
