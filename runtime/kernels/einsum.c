/* SPDX-License-Identifier: MIT */
/* einsum.c: computes einsum: diagonals first, then sums inside operands, then products of two at a time, each as a
   stack of matrix products where a label is summed and elementwise where none is. */
#include "base/memory.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/einsum_split.h"

typedef struct Job {
  Runtime *runtime;
  const Einsum *einsum;
  DType dtype;
  int count;
  Part *parts;
} Job;

/* ---- windows by labels */
/* The tensor with its axes in the order of `to`; labels that it does not have become axes of size 1. */
static Tensor *arranged(Runtime *runtime, const Part *part, const EinsumTerm *to) {
  AxisList list = {.count = to->count};
  for (int i = 0; i < to->count; i++) {
    int place = einsum_term_place(&part->term, to->labels[i]);
    list.sizes[i] = place < 0 ? 1 : layout_shape(part->tensor->layout)[place];
    list.strides[i] = place < 0 ? 0 : layout_strides(part->tensor->layout)[place];
  }
  Layout *layout = axis_list_layout(runtime, &list);
  Tensor *window = layout ? tensor_window(runtime, part->tensor, layout, 0) : NULL;
  layout_unref(layout);
  return window;
}

/* A reshape that copies only where it must. */
static Tensor *reshaped(Runtime *runtime, Tensor *tensor, int ndim, const int64_t *shape) {
  Layout *layout = NULL;
  int64_t offset = 0;
  bool needs_copy = false;
  Attributes *attributes = attributes_new(runtime, 1);
  if (!attributes || !attributes_set_integers(runtime, attributes, 0, ndim, shape)) {
    attributes_unref(attributes);
    return NULL;
  }
  Operands operands = {.op = OP_reshape, .count = 1, .tensors = &tensor, .attributes = attributes};
  Tensor *dense = NULL, *result = NULL;
  if (op_reshape_view(runtime, &operands, tensor->layout, &layout, &offset, &needs_copy)) {
    dense = needs_copy ? tensor_copy(runtime, tensor) : tensor_ref(tensor);
    if (needs_copy) layout = layout_new(runtime, ndim, shape);
    if (dense && layout) result = tensor_window(runtime, dense, layout, 0);
  }
  tensor_unref(dense);
  layout_unref(layout);
  attributes_unref(attributes);
  return result;
}

/* ---- operands */
/* Diagonals, and axes of size 1 that other operands have longer dropped. */
static bool prepare_part(Job *job, Tensor *operand, const EinsumTerm *term, Part *part) {
  Part whole = {.term = einsum_distinct(term)};
  Layout *diagonal = einsum_diagonal(job->runtime, term, operand->layout);
  Tensor *cast = diagonal ? tensor_cast(job->runtime, operand, job->dtype) : NULL;
  /* A cast may have copied: then the strides of the diagonal are those of the copy. */
  if (cast && cast != operand) {
    layout_unref(diagonal);
    diagonal = einsum_diagonal(job->runtime, term, cast->layout);
  }
  whole.tensor = cast && diagonal ? tensor_window(job->runtime, cast, diagonal, 0) : NULL;
  tensor_unref(cast);
  layout_unref(diagonal);
  if (!whole.tensor) return false;
  for (int i = 0; i < whole.term.count; i++) {
    int label = whole.term.labels[i];
    bool dropped = layout_shape(whole.tensor->layout)[i] == 1 && job->einsum->sizes[label] != 1;
    if (!dropped) part->term.labels[part->term.count++] = (uint8_t)label;
  }
  part->tensor = arranged(job->runtime, &whole, &part->term);
  tensor_unref(whole.tensor);
  return part->tensor != NULL;
}

/* Whether a label is still needed when the parts a and b are done with: by the result or by another part. */
static bool is_needed(const Job *job, int label, int a, int b) {
  if (einsum_term_has(&job->einsum->output, label)) return true;
  for (int k = 0; k < job->count; k++) {
    if (k != a && k != b && einsum_term_has(&job->parts[k].term, label)) return true;
  }
  return false;
}

static Tensor *sum_axes(Job *job, Tensor *tensor, int count, const int64_t *axes) {
  Attributes *attributes = attributes_new(job->runtime, 2);
  if (!attributes || !attributes_set_integers(job->runtime, attributes, 0, count, axes)) {
    attributes_unref(attributes);
    return NULL;
  }
  Operands operands = {.op = OP_sum, .count = 1, .tensors = &tensor, .attributes = attributes};
  Tensor *sum = op_sum_forward(job->runtime, &operands);
  Tensor *cast = sum ? tensor_cast(job->runtime, sum, job->dtype) : NULL;
  tensor_unref(sum);
  attributes_unref(attributes);
  return cast;
}

/* Sums over the labels that nobody else needs. */
static bool sum_own_labels(Job *job, int k) {
  Part *part = &job->parts[k];
  EinsumTerm kept = {0};
  int64_t axes[TENSOR_MAX_DIMS];
  int count = 0;
  for (int i = 0; i < part->term.count; i++) {
    if (is_needed(job, part->term.labels[i], k, k)) kept.labels[kept.count++] = part->term.labels[i];
    else axes[count++] = i;
  }
  if (count == 0) return true;
  Tensor *sum = sum_axes(job, part->tensor, count, axes);
  if (!sum) return false;
  tensor_unref(part->tensor);
  *part = (Part){sum, kept};
  return true;
}

/* ---- two parts become one */
static void split_labels(const Job *job, int a, int b, Split *split) {
  const EinsumTerm *left = &job->parts[a].term, *right = &job->parts[b].term;
  *split = (Split){0};
  for (int i = 0; i < left->count; i++) {
    int label = left->labels[i];
    bool shared = einsum_term_has(right, label);
    einsum_append(!shared ? &split->left : is_needed(job, label, a, b) ? &split->stack : &split->inner, label);
  }
  for (int i = 0; i < right->count; i++) {
    if (!einsum_term_has(left, right->labels[i])) einsum_append(&split->right, right->labels[i]);
  }
}

static bool extend(Runtime *runtime, EinsumTerm *term, const EinsumTerm *more) {
  if (term->count + more->count > TENSOR_MAX_DIMS) {
    runtime_fail(runtime, ERROR_SHAPE, -1, "an intermediate result of einsum has more than %d axes", TENSOR_MAX_DIMS);
    return false;
  }
  for (int i = 0; i < more->count; i++) einsum_append(term, more->labels[i]);
  return true;
}

/* The product of a and b with no label summed, elementwise. */
static Tensor *multiply_elements(Job *job, const Part *a, const Part *b, const EinsumTerm *result) {
  Tensor *left = arranged(job->runtime, a, result), *right = left ? arranged(job->runtime, b, result) : NULL;
  Tensor *tensors[] = {left, right}, *product = NULL;
  Operands operands = {.op = OP_multiply, .count = 2, .tensors = tensors};
  if (right) product = op_binary_forward(job->runtime, &operands);
  Tensor *cast = product ? tensor_cast(job->runtime, product, job->dtype) : NULL;
  tensor_unref(product);
  tensor_unref(left);
  tensor_unref(right);
  return cast;
}

/* The part as a stack of matrices: (stack..., rows, columns). */
static Tensor *as_matrices(Job *job, const Part *part, const EinsumTerm *stack, const EinsumTerm *rows,
                           const EinsumTerm *columns) {
  EinsumTerm order = *stack;
  int64_t shape[TENSOR_MAX_DIMS + 2];
  if (!extend(job->runtime, &order, rows) || !extend(job->runtime, &order, columns)) return NULL;
  Tensor *window = arranged(job->runtime, part, &order);
  for (int i = 0; window && i < stack->count; i++) shape[i] = layout_shape(window->layout)[i];
  shape[stack->count] = einsum_size(job->einsum, rows);
  shape[stack->count + 1] = einsum_size(job->einsum, columns);
  Tensor *matrices = window ? reshaped(job->runtime, window, stack->count + 2, shape) : NULL;
  tensor_unref(window);
  return matrices;
}

/* The product, with an axis for each label of `full`, added up along the first ones. */
static Tensor *sum_products(Job *job, Tensor *product_taken, const EinsumTerm *full, int summed) {
  int64_t shape[TENSOR_MAX_DIMS], axes[TENSOR_MAX_DIMS];
  for (int i = 0; i < full->count; i++) shape[i] = job->einsum->sizes[full->labels[i]];
  for (int i = 0; i < summed; i++) axes[i] = i;
  Tensor *apart = product_taken ? reshaped(job->runtime, product_taken, full->count, shape) : NULL;
  tensor_unref(product_taken);
  if (!apart || summed == 0) return apart;
  Tensor *sum = sum_axes(job, apart, summed, axes);
  tensor_unref(apart);
  return sum;
}

static Tensor *multiply_matrices(Job *job, const Part *a, const Part *b, const Split *split, const EinsumTerm *result) {
  EinsumTerm stack = split->summed, full = split->summed;
  if (!extend(job->runtime, &stack, &split->stack) || !extend(job->runtime, &full, result)) return NULL;
  Tensor *left = as_matrices(job, a, &stack, &split->left, &split->inner);
  Tensor *right = left ? as_matrices(job, b, &stack, &split->inner, &split->right) : NULL;
  Tensor *tensors[] = {left, right}, *product = NULL;
  Operands operands = {.op = OP_matmul, .count = 2, .tensors = tensors};
  if (right) product = op_matmul_forward(job->runtime, &operands);
  tensor_unref(left);
  tensor_unref(right);
  return sum_products(job, product, &full, split->summed.count);
}

/* Whether the result's free labels begin with one of b: then b's rows come first. */
static bool should_swap(const Job *job, const Split *split) {
  const EinsumTerm *output = &job->einsum->output;
  for (int i = 0; i < output->count; i++) {
    if (einsum_term_has(&split->left, output->labels[i])) return false;
    if (einsum_term_has(&split->right, output->labels[i])) return true;
  }
  return false;
}

/* The labels with those of the result first, as the result has them; where that makes lines too short for elementwise
   products, it is better to put the result in order afterwards. */
static EinsumTerm as_in_result(const Job *job, const EinsumTerm *term) {
  enum { SHORT_LINE = 64 };
  EinsumTerm ordered = {0};
  const EinsumTerm *output = &job->einsum->output;
  if (output->count == 0 || job->einsum->sizes[output->labels[output->count - 1]] < SHORT_LINE) return *term;
  for (int i = 0; i < output->count; i++)
    if (einsum_term_has(term, output->labels[i])) einsum_append(&ordered, output->labels[i]);
  for (int i = 0; i < term->count; i++)
    if (!einsum_term_has(output, term->labels[i])) einsum_append(&ordered, term->labels[i]);
  return ordered;
}

static bool multiply_parts(Job *job, const Part *left, const Part *right, Split *split, Part *product) {
  if (split->inner.count) einsum_split_by_memory(job->einsum, left, right, split);
  product->term = split->stack;
  if (!extend(job->runtime, &product->term, &split->left)) return false;
  if (!extend(job->runtime, &product->term, &split->right)) return false;
  if (!split->inner.count) product->term = as_in_result(job, &product->term);
  product->tensor = split->inner.count ? multiply_matrices(job, left, right, split, &product->term)
                                       : multiply_elements(job, left, right, &product->term);
  return product->tensor != NULL;
}

/* Replaces parts a and b (a before b) by their product. */
static bool contract(Job *job, int a, int b) {
  Split split;
  Part product, *left = &job->parts[a], *right = &job->parts[b];
  split_labels(job, a, b, &split);
  if (should_swap(job, &split)) {
    Part swapped = *left;
    *left = *right;
    *right = swapped;
    split_labels(job, a, b, &split);
  }
  if (!multiply_parts(job, left, right, &split, &product)) return false;
  tensor_unref(left->tensor);
  tensor_unref(right->tensor);
  *left = product;
  for (int k = b; k + 1 < job->count; k++) job->parts[k] = job->parts[k + 1];
  job->count--;
  return true;
}

/* ---- order */
/* Multiply-adds of a product of two parts. */
static double cost_of(const Job *job, int a, int b) {
  double cost = 1;
  const EinsumTerm *left = &job->parts[a].term, *right = &job->parts[b].term;
  for (int i = 0; i < left->count; i++) cost *= (double)job->einsum->sizes[left->labels[i]];
  for (int i = 0; i < right->count; i++) {
    if (!einsum_term_has(left, right->labels[i])) cost *= (double)job->einsum->sizes[right->labels[i]];
  }
  return cost;
}

/* The cheapest pair, the leftmost of equals. */
static bool contract_cheapest(Job *job) {
  int first = 0, second = 1;
  double least = cost_of(job, 0, 1);
  for (int a = 0; a < job->count; a++) {
    for (int b = a + 1; b < job->count; b++) {
      double cost = cost_of(job, a, b);
      if (cost >= least) continue;
      least = cost;
      first = a;
      second = b;
    }
  }
  return contract(job, first, second);
}

/* ---- the whole */
/* One operand and no sums: the result looks at the operand's numbers. */
static bool is_view(const Einsum *einsum) {
  return einsum->operand_count == 1 && einsum_distinct(&einsum->operands[0]).count == einsum->output.count;
}

static Tensor *run(Job *job, const Operands *operands) {
  for (int k = 0; k < operands->count; k++) {
    if (!prepare_part(job, operands->tensors[k], &job->einsum->operands[k], &job->parts[k])) return NULL;
    job->count++;
  }
  for (int k = 0; k < job->count; k++) {
    if (!sum_own_labels(job, k)) return NULL;
  }
  while (job->count > 1) {
    if (!contract_cheapest(job)) return NULL;
  }
  Tensor *result = arranged(job->runtime, &job->parts[0], &job->einsum->output);
  if (!result || is_view(job->einsum)) return result;
  Tensor *dense = tensor_contiguous(job->runtime, result);
  tensor_unref(result);
  return dense;
}

static DType common_dtype(const Operands *operands) {
  DType dtype = (DType)operands->tensors[0]->dtype;
  bool scalar = tensor_ndim(operands->tensors[0]) == 0;
  for (int k = 1; k < operands->count; k++) {
    const Tensor *next = operands->tensors[k];
    dtype = dtype_promote(dtype, scalar, (DType)next->dtype, tensor_ndim(next) == 0);
    scalar = scalar && tensor_ndim(next) == 0;
  }
  return dtype;
}

Tensor *op_einsum_forward(Runtime *runtime, const Operands *operands) {
  Einsum einsum;
  if (!einsum_parse(runtime, operands, &einsum)) return NULL;
  size_t bytes = (size_t)operands->count * sizeof(Part);
  Job job = {.runtime = runtime, .einsum = &einsum, .dtype = common_dtype(operands),
             .parts = memory_allocate_zeroed(bytes)};
  if (!job.parts) return runtime_out_of_memory(runtime);
  Tensor *result = run(&job, operands);
  for (int k = 0; k < job.count; k++) tensor_unref(job.parts[k].tensor);
  memory_release(job.parts, bytes);
  return result;
}

bool einsum_view(Runtime *runtime, const Attributes *attributes, Layout *in, Layout **out) {
  Einsum einsum;
  Tensor shape_only = {.references = 1, .layout = in}, *tensors[] = {&shape_only};
  Operands operands = {.op = OP_einsum, .count = 1, .tensors = tensors, .attributes = attributes};
  *out = NULL;
  if (!einsum_parse(runtime, &operands, &einsum)) return false;
  EinsumTerm distinct = einsum_distinct(&einsum.operands[0]);
  if (!is_view(&einsum)) return true;
  Layout *diagonal = einsum_diagonal(runtime, &einsum.operands[0], in);
  if (!diagonal) return false;
  AxisList list = {.count = distinct.count};
  for (int i = 0; i < distinct.count; i++) {
    int place = einsum_term_place(&distinct, einsum.output.labels[i]);
    list.sizes[i] = layout_shape(diagonal)[place];
    list.strides[i] = layout_strides(diagonal)[place];
  }
  layout_unref(diagonal);
  *out = axis_list_layout(runtime, &list);
  return *out != NULL;
}
