/* SPDX-License-Identifier: MIT */
/* test_layers.c: layers of neural networks: known numbers, borders, dropout, truncated histories and errors.  Their
   derivatives are compared with differences in test_gradients.c. */
#include "tests/evaluating.h"

static const OutputCase convolutions[] = {
  {"x = tensor([[[1, 2, 3, 4]]]); w = tensor([[[-1, -2]]])\ny = conv_nd(x, w, stride=2); backward(y)\n"
   "print(y[0, 0], grad(x)[0, 0], grad(w)[0, 0])", "[-5, -11] [-1, -2, -1, -2] [4, 6]\n"},
  {"x = tensor([[[1, 2, 3, 4]]]); w = tensor([[[1, 10]]])\ny = conv_nd(x, w, stride=1, padding=1, dilation=2)\n"
   "backward(y); print(y[0, 0], grad(x)[0, 0], grad(w)[0, 0])", "[20, 31, 42, 3] [1, 11, 11, 10] [6, 9]\n"},
  /* a window with dilation that fits tightly */
  {"conv_nd([[[1, 2, 3]]], [[[1, 10]]], stride=1, dilation=2)[0, 0]", "[31]\n"},
  /* all padding, and padding wider than the window */
  {"conv_nd([[[1, 2]]], [[[1, 1]]], stride=1, padding=3)[0, 0]", "[0, 0, 1, 3, 2, 0, 0]\n"},
  {"conv_nd([[[[1, 2], [3, 4]]]], [[[[1]]]], stride=(1, 1), padding=(0, 1))[0, 0]", "[[0, 1, 2, 0],\n [0, 3, 4, 0]]\n"},
  /* three axes, against a sum of windows: (grid..., N, C, window...) */
  {"seed(2); x = randn(2, 3, 4, 4, 6); w = randn(4, 3, 2, 2, 3)\n"
   "v = sliding_window_view(x, (2, 2, 3), (2, 1, 3), (1, 2, 1))\n"
   "y = conv_nd(x, w, stride=(2, 1, 3), dilation=(1, 2, 1))\n"
   "print(y.shape, max(abs(y - einsum(\"abdncijk,fcijk->nfabd\", v, w))) < 1e-12)", "(2, 4, 2, 2, 2) true\n"},
  /* blocks of rows give the same as the whole */
  {"seed(1); x = randn(1, 40, 70, 90); w = randn(2, 40, 3, 3)\ny = conv_nd(x, w, stride=1, padding=1)\n"
   "z = conv_nd(x[:, :, 30:34], w, stride=1)\n"
   "print(y.shape, max(abs(y[:, :, 31:33, 1:-1] - z)) < 1e-9)", "(1, 2, 70, 90) true\n"},
  /* transposition: <conv(x), y> = <x, transpose(y)> */
  {"seed(3); x = randn(2, 3, 9, 7); w = randn(4, 3, 3, 2); y = randn(2, 4, 5, 6)\n"
   "a = sum(conv_nd(x, w, stride=(2, 1), padding=(1, 0)) * y)\n"
   "b = sum(conv_transpose_nd(y, w, stride=(2, 1), padding=(1, 0)) * x)\nprint(abs(a - b) < 1e-11)", "true\n"},
  {"conv_transpose_nd([[[1, 2]]], [[[1, 10, 100]]], stride=1, padding=1)[0, 0]", "[12, 120]\n"},
  /* gradients that are the same everywhere, written out and not */
  {"seed(5); x = tensor(randn(2, 3, 9, 7)); w = tensor(randn(4, 3, 3, 2))\n"
   "f(x, w) = conv_nd(x, w, stride=(2, 1), padding=(1, 0), dilation=(1, 2))\n"
   "a = grad(sum(f(x, w)), (x, w)); b = grad(sum(f(x, w) * ones(f(x, w).shape)), (x, w))\n"
   "print(max(abs(a[0] - b[0])) < 1e-12, max(abs(a[1] - b[1])) < 1e-12)", "true true\n"},
  {"y = broadcast_to([[[2], [3]]], (3, 2, 4)); w = [[[1, 10]], [[100, 1000]]]\n"
   "print(conv_transpose_nd(y, w, stride=2)[2, 0])\nprint(conv_transpose_nd(copy(y), w, stride=2)[2, 0])",
   "[302, 3020, 302, 3020, 302, 3020, 302, 3020]\n[302, 3020, 302, 3020, 302, 3020, 302, 3020]\n"},
  {"y = broadcast_to(tensor([[[2]], [[3]]], dtype=int32), (2, 3, 4)); w = ones((3, 1, 2), dtype=int32)\n"
   "print(conv_transpose_nd(y, w, stride=1)[:, 0])", "[[6, 12, 12, 12, 6],\n [9, 18, 18, 18, 9]]\n"},
  /* nothing to do */
  {"print(conv_nd(zeros((0, 2, 5)), zeros((3, 2, 2)), stride=1).shape)", "(0, 3, 4)\n"},
  {"print(conv_nd(zeros((2, 0, 3)), ones((1, 0, 2)), stride=1)[1])", "[[0, 0]]\n"},
  {"print(conv_nd(zeros((2, 1, 3)), ones((0, 1, 2)), stride=1).shape)", "(2, 0, 2)\n"},
  {"w = tensor(ones((3, 2, 2))); backward(conv_nd(zeros((0, 2, 5)), w, stride=1)); print(grad(w)[0])",
   "[[0, 0],\n [0, 0]]\n"},
  /* types */
  {"i = tensor([[[1, 2, 3]]], dtype=int32); "
   "print(conv_nd(i, i[:, :, :2], stride=1)[0, 0], conv_nd(i, i, stride=1).dtype)", "[5, 8] int32\n"},
  {"i = tensor([[[1, 2]]], dtype=int32); print(conv_transpose_nd(i, i, stride=1)[0, 0])", "[1, 4, 4]\n"},
  {"b = astype([[[1, 0, 1]]], bool); print(conv_nd(b, b, stride=1)[0, 0])", "[2]\n"},
  {"x = ones((1, 1, 3), dtype=float32); w = ones((1, 1, 2))\ny = conv_nd(x, w, stride=1); backward(y)\n"
   "print(y.dtype, grad(x).dtype, grad(w).dtype)", "float64 float32 float64\n"},
};

static const OutputCase pools[] = {
  {"x = tensor([[0, 10, 8], [2, 7, 3], [5, 7, 20]]); y = max_pool(x, (2, 2), 1); backward(y); print(y); print(grad(x))",
   "[[10, 10],\n [ 7, 20]]\n[[0, 2, 0],\n [0, 1, 0],\n [0, 0, 1]]\n"},
  {"x = tensor([1, 1, 3, 3]); backward(max_pool(x, 2, 2)); print(grad(x))", "[1, 0, 1, 0]\n"},
  {"x = tensor([1, nan, nan, 2, 5, nan]); y = max_pool(x, 3, 3); backward(y); print(y, grad(x))",
   "[nan, nan] [0, 1, 0, 0, 0, 1]\n"},
  {"print(max_pool([-inf, -inf], 2, 2), max_pool(tensor([3, 4, 9, 1], dtype=int32), 2, 2).dtype)", "[-inf] int32\n"},
  /* rows longer than a run of the loop */
  {"x = tensor(arange(5000) % 7); y = max_pool(x, 7, 1); backward(y); print(min(y), sum(grad(x)), max(grad(x)))",
   "6 4994 7\n"},
  {"print(max_pool(zeros((0, 4)), 2, 2).shape, max_pool(zeros((2, 0, 4)), (2,), 2).shape)", "(0, 2) (2, 0, 2)\n"},
  {"x = tensor([1, 3, 5, 7]); y = avg_pool(x, 2, 1); backward(y); print(y, grad(x))", "[2, 4, 6] [0.5, 1, 1, 0.5]\n"},
  {"print(avg_pool([[1, 2, 3], [4, 5, 6], [7, 8, 9]], (3, 3), 1), avg_pool(tensor([1, 2], dtype=int), 2, 1))",
   "[[5]] [1.5]\n"},
  /* the gradient of a gradient flows where the maxima stand */
  {"g = tensor([2, 3]); x = tensor([1, 5, 4, 2]); L = sum(max_pool(x, 2, 2) ** 2 * g)\n"
   "g2 = grad(sum(grad(L, x) ** 2), g)\n"
   "print(g2)", "[400, 384]\n"},
};

static const OutputCase normalisations[] = {
  {"print(batchnorm([[1, 2], [3, 4]], eps=0, gamma=[1, 10], beta=[0, 100]))", "[[-1,  90],\n [ 1, 110]]\n"},
  {"print(layernorm([[1, 3], [5, 5]], eps=1, gamma=[1, 1], beta=[0, 1])[1])", "[0, 1]\n"},
  {"print(groupnorm([[[1], [3], [2], [6]]], 2, eps=0, gamma=[1, 1, 2, 2])[0, :, 0])", "[-1, 1, -2, 2]\n"},
  {"x = tensor([[1, 1], [1, 1]]); y = batchnorm(x, eps=1e-5); backward(sum(y ** 2)); print(y, grad(x))",
   "[[0, 0],\n [0, 0]] [[0, 0],\n [0, 0]]\n"},
  {"print(linear([1, 2], [[1], [2]]), linear([[1, 2]], [[1], [2]], 5))", "[5] [[10]]\n"},
  {"w = tensor([[1, 2], [3, 4]]); backward(embedding(w, [[1, 1], [0, 1]])); print(grad(w))", "[[1, 1],\n [3, 3]]\n"},
  {"print(embedding([5, 6, 7], 2))", "7\n"},
};

static const OutputCase dropouts[] = {
  {"seed(1); y = dropout(ones(100000), 0.25); print(abs(mean(y) - 1) < 0.01, max(y) == 1 / 0.75, min(y))",
   "true true 0\n"},
  {"x = tensor([1, 2]); y = dropout(x, 0.5, training=false); backward(y); print(y, grad(x))", "[1, 2] [1, 1]\n"},
  {"print(dropout([1, 2], 1), dropout(ones(2, dtype=float32), 0.5).dtype)", "[0, 0] float32\n"},
  {"seed(4); x = tensor(ones(1000)); y = dropout(x, 0.5); backward(y); print(all(grad(x) == y))", "true\n"},
};

static const OutputCase attention[] = {
  {"print(scaled_dot_product_attention([[1, 0]], [[1, 0], [1, 0]], [[2], [4]]))", "[[3]]\n"},
  {"q = zeros((3, 2)); v = [[0], [6], [12]]\nprint(scaled_dot_product_attention(q, q, v, causal=true))",
   "[[0],\n [3],\n [6]]\n"},
  {"q = zeros((2, 2)); v = [[2], [4], [9]]\nprint(scaled_dot_product_attention(q, zeros((3, 2)), v, [1, 1, 0]))",
   "[[3],\n [3]]\n"},
  /* queries and keys are counted from the first, also when their numbers differ */
  {"v = [[0], [6], [12]]; print(scaled_dot_product_attention(zeros((2, 2)), zeros((3, 2)), v, causal=true).T)\n"
   "print(scaled_dot_product_attention(zeros((4, 2)), zeros((2, 2)), v[:2], causal=true).T)",
   "[[0, 3]]\n[[0, 3, 3, 3]]\n"},
  /* no key at all: 0, and nothing flows back */
  {"q = tensor([[1, 2]]); y = scaled_dot_product_attention(q, [[1, 2]], [[3]], [[false]]); backward(y); "
   "print(y, grad(q))", "[[0]] [[0, 0]]\n"},
};

/* States of scalar networks, written out by hand below as functions of the language. */
#define GRU \
  "X = tensor([[[1]], [[2]], [[-1]]])\n" \
  "a = tensor([[0.1]]); b = tensor([[0.2]]); c = tensor([0.3]); d = tensor([[0.4]]); e1 = tensor([[0.5]])\n" \
  "f = tensor([0.6]); g = tensor([[0.7]]); h = tensor([[0.8]]); k = tensor([0.9])\n" \
  "net(lim) = gru(X, a, b, c, d, e1, f, g, h, k, bp_lim=lim)\n" \
  "def step(s, t) {\n" \
  "  z = sigmoid(X[t] @ a + s @ b + c); r = sigmoid(X[t] @ d + s @ e1 + f)\n" \
  "  return (1 - z) * tanh(X[t] @ g + (r * s) @ h + k) + z * s\n}\n" \
  "def same(u, v) { for i in range(len(u)) { if max(abs(u[i] - v[i])) > 1e-14 { return false } }\n  return true\n}\n" \
  "all_of = (X, a, b, c, d, e1, f, g, h, k)\n"

static const OutputCase recurrent[] = {
  {"X = tensor([[[1]], [[2]]])\n"
   "s = gru(X, [[0.1]], [[0.2]], [0.3], [[0.4]], [[0.5]], [0.6], [[0.7]], [[0.8]], [0.9]); backward(s)\n"
   "print(round(s[:, 0, 0], 9)); print(round(grad(X)[:, 0, 0], 10))",
   "[0, 0.369877, 0.592517]\n[0.0325732, -0.00796546]\n"},
  /* the whole history: the same as all steps written out */
  {GRU "s = tensor([[0]]); L = 0\nfor t in range(3) { s = step(s, t); L += sum(s) * (t + 1) }\n"
   "M = sum(net(none)[1:, 0, 0] * [1, 2, 3])\nprint(same(grad(L, all_of), grad(M, all_of)))\n"
   "print(same(grad(M, all_of), grad(sum(net(2)[1:, 0, 0] * [1, 2, 3]), all_of)))", "true\ntrue\n"},
  /* one state back */
  {GRU "s1 = step(tensor([[0]]), 0); s2 = step(s1, 1); s3 = step(step(detach(s1), 1), 2)\n"
   "L = sum(s1) + 2 * sum(s2) + 3 * sum(s3)\nM = sum(net(1)[1:, 0, 0] * [1, 2, 3])\n"
   "print(abs(item(L) - item(M)) < 1e-14, same(grad(L, all_of), grad(M, all_of)))", "true true\n"},
  /* no state back */
  {GRU "s1 = step(tensor([[0]]), 0); s2 = step(detach(s1), 1); s3 = step(detach(s2), 2)\n"
   "L = sum(s1) + 2 * sum(s2) + 3 * sum(s3)\nM = sum(net(0)[1:, 0, 0] * [1, 2, 3])\n"
   "print(same(grad(L, all_of), grad(M, all_of)))", "true\n"},
  {"X = zeros((2, 3, 4)); U = zeros((4, 5)); W = zeros((5, 5)); b = zeros(5); s = tensor(arange(5))\n"
   "y = gru(X, U, W, b, U, W, b, U, W, b, s0=s); backward(y[2]); print(y.shape, y[0, 2], y[1, 0], grad(s))",
   "(3, 3, 5) [0, 1, 2, 3, 4] [0, 0.5, 1, 1.5, 2] [0.75, 0.75, 0.75, 0.75, 0.75]\n"},
  {"seed(1); X = ones((4, 2, 3)); U = ones((3, 5)); W = ones((5, 5)); b = zeros(5)\n"
   "y = gru(X, U, W, b, U, W, b, U, W, b, dropout=0.5); backward(y); print(y.shape, all(isfinite(grad(U))))",
   "(5, 2, 5) true\n"},
  {"print(rnn([[[1]], [[1]]], [[0.5]], [[2]], [0.25])[:, 0, 0] == [0, tanh(0.75), tanh(0.75 + 2 * tanh(0.75))])",
   "[true, true, true]\n"},
  {"o = [[0]]; c = tensor([[2]]); y = lstm([[[1]]], o, o, [0], o, o, [0], [[1]], o, [0], o, o, [0], c0=c)\n"
   "print(y[1, 0, 0] == sigmoid(0) * tanh(0.5 * 2 + 0.5 * tanh(1)))", "true\n"},
  {"print(rnn(zeros((0, 3, 4)), zeros((4, 5)), zeros((5, 5)), zeros(5)).shape)", "(1, 3, 5)\n"},
  {"print(rnn(zeros((2, 0, 4)), zeros((4, 5)), zeros((5, 5)), zeros(5)).shape)", "(3, 0, 5)\n"},
  /* long sequences whose inputs are variables take time n log n */
  {"X = tensor(ones((3000, 2, 4))); y = rnn(X, ones((4, 3)) / 10, eye(3) / 10, zeros(3)); backward(y)\n"
   "print(grad(X).shape)", "(3000, 2, 4)\n"},
};

static const ErrorCase errors[] = {
  {"conv_nd(zeros((1, 1, 4)), zeros((1, 1, 3)), stride=2)", ERROR_SHAPE, 1, 9,
   "axis 0 of (4,) has 1 element left over by filters (3,) with stride (2,)",
   "sizes 3 and 5 of that axis would fit"},
  {"conv_nd(zeros((1, 1, 6, 4)), zeros((1, 1, 3, 9)), stride=1, padding=(0, 1), dilation=2)", ERROR_SHAPE, 1, 9,
   "axis 1 of (6, 4) lacks 11 elements for filters (3, 9) with stride (1, 1), padding (0, 1), dilation (2, 2)", "that axis needs a size of at least 15"},
  {"x = zeros((1, 2, 4)); conv_nd(x, zeros((1, 3, 2)), stride=1)", ERROR_SHAPE, 1, 34,
   "conv_nd: `x` (1, 2, 4) has 2 channels, but (1, 3, 2) has 3", NULL},
  {"conv_nd(zeros((2, 4)), zeros((1, 3, 2)), stride=1)", ERROR_SHAPE, 1, 9,
   "conv_nd needs (N, C, ...) and (F, C, ...) with equally many axes, got (2, 4) and (1, 3, 2)", NULL},
  {"conv_nd(zeros((1, 1, 4)), zeros((1, 1, 2)), stride=0)", ERROR_ARGUMENT, 1, 52, "`stride` must be at least 1, got 0",
   NULL},
  {"conv_nd(zeros((1, 1, 4)), zeros((1, 1, 2)), stride=1, padding=-1)", ERROR_ARGUMENT, 1, 63,
   "`padding` must be at least 0, got -1", NULL},
  {"conv_nd(zeros((1, 1, 4)), zeros((1, 1, 2)), stride=1, dilation=1e15)", ERROR_ARGUMENT, 1, 64,
   "`dilation` must be at most 2147483647, got 1000000000000000", NULL},
  {"conv_nd(zeros((1, 1, 4)), zeros((1, 1, 2)), stride=(1, 1))", ERROR_ARGUMENT, 1, 52,
   "`stride` needs one number, got 2", NULL},
  {"conv_nd(zeros((1, 1, 4)), zeros((1, 1, 0)), stride=1)", ERROR_SHAPE, 1, 1,
   "filters of shape (0,) cannot slide over (4,)", NULL},
  {"conv_nd(zeros((1, 1, 4, 4)), zeros((1, 1, 2, 2)), stride=1, padding=2e9)", ERROR_MEMORY, 1, 1,
   "shape (1, 1, 4000000003, 4000000003) has more elements than memory can hold", NULL},
  {"conv_nd([[[1]]], [[[1]]])", ERROR_ARGUMENT, 1, 1, "`conv_nd` needs `stride`", NULL},
  {"conv_transpose_nd(zeros((1, 2, 1)), zeros((2, 2, 3)), stride=1, padding=2)", ERROR_SHAPE, 1, 73,
   "nothing is left of axis 0 when filters (3,) are spread from (1,) and padding (2,) is cut off", NULL},
  {"max_pool(zeros((1, 5)), (2,), 2)", ERROR_SHAPE, 1, 10,
   "axis 0 of (5,) has 1 element left over by pools (2,) with stride (2,)",
   "sizes 4 and 6 of that axis would fit"},
  {"max_pool(zeros((1, 5)), (1, 1, 1), 2)", ERROR_SHAPE, 1, 10, "a pool along 3 axes does not fit (1, 5)", NULL},
  {"avg_pool(zeros(4), 0, 2)", ERROR_ARGUMENT, 1, 20, "`pool` must be at least 1, got 0", NULL},
  {"w = zeros((3, 2)); embedding(w, [0, 3])", ERROR_INDEX, 1, 33,
   "id 3 at position 1 is no row of `w` (3, 2): ids are whole numbers from 0 to 2", NULL},
  {"embedding(zeros((3, 2)), -1)", ERROR_INDEX, 1, 26,
   "id -1 at position 0 is no row of (3, 2): ids are whole numbers from 0 to 2", NULL},
  {"batchnorm(zeros((2, 3)), gamma=ones(2), eps=1)", ERROR_SHAPE, 1, 32, "`gamma` needs shape (3,), got (2,)", NULL},
  {"batchnorm(zeros(3), eps=1)", ERROR_SHAPE, 1, 11, "batchnorm needs shape (N, C, ...), got (3,)", NULL},
  {"layernorm([1, 2], eps=-1)", ERROR_VALUE, 1, 23, "`eps` cannot be negative, got -1", NULL},
  {"groupnorm(zeros((2, 3)), 2, eps=1)", ERROR_ARGUMENT, 1, 11, "3 channels do not form 2 equal groups", NULL},
  {"dropout([1, 2], 1.5)", ERROR_VALUE, 1, 17, "`p` is a probability from 0 to 1, got 1.5", NULL},
  {"scaled_dot_product_attention([1], [[1]], [[1]])", ERROR_SHAPE, 1, 30,
   "attention needs rows of vectors, shape (..., L, d), not (1,)", NULL},
  {"U = zeros((4, 5)); W = zeros((5, 5)); b = zeros(5)\ngru(zeros((2, 3, 4)), U, W, b, U, U, b, U, W, b)", ERROR_SHAPE,
   2, 35, "gru needs `Wr` of shape (5, 5), got (4, 5)", NULL},
  {"rnn(zeros((2, 3)), zeros((4, 5)), zeros((5, 5)), zeros(5))", ERROR_SHAPE, 1, 5,
   "rnn needs X of shape (T, N, C) and weights of shape (C, D), got (2, 3) and (4, 5)", NULL},
  {"gru([[[0]]], [[1]], [[1]], [0], [[1]], [[1]], [0], [[1]], [[1]], [0], bp_lim=1)", ERROR_VALUE, 1, 78,
   "`bp_lim` must be from 0 to below the 1 steps, got 1", NULL},
  {"gru([[[0]]], [[1]], [[1]], [0], [[1]], [[1]], [0], [[1]], [[1]], [0], dropout=1)", ERROR_VALUE, 1, 79,
   "`dropout` must be from 0 to below 1, got 1", NULL},
  {"margin_ranking_loss([1], [2], 1, -1)", ERROR_ARGUMENT, 1, 1,
   "`margin_ranking_loss`: `margin` cannot be negative, got -1", NULL},
  {"margin_ranking_loss([[1], [2]], [0, 4], 1, 1)", ERROR_ARGUMENT, 1, 1,
   "`margin_ranking_loss`: shapes (2, 1) and (2,) would be compared as (2, 2): reshape one of them", NULL},
  {"adam((tensor(1),), weight_decay=-1)", ERROR_ARGUMENT, 1, 1, "`adam`: `weight_decay` cannot be negative, got -1", NULL},
  {"nadam((tensor(1),), momentum_decay=-1)", ERROR_ARGUMENT, 1, 1,
   "`nadam`: `momentum_decay` cannot be negative, got -1", NULL},
  {"adagrad((tensor(1),), eps=-1)", ERROR_ARGUMENT, 1, 1, "`adagrad`: `eps` cannot be negative, got -1", NULL},
  {"lbfgs((tensor(1),), history=0)", ERROR_ARGUMENT, 1, 1, "`lbfgs`: `history` is at least 1, got 0", NULL},
  {"margin_ranking_loss([1], [2], 0.5, 1)", ERROR_ARGUMENT, 1, 1,
   "`margin_ranking_loss`: `y` is 1 (x1 is to be larger) or -1 (x2), not 0.5", NULL},
  {"glu([1, 2], 1)", ERROR_INDEX, 1, 1, "`glu`: axis 1 is out of range for (2,) (use 0 or -1)", NULL},
};

static const OutputCase activations[] = {
  {"print(selu'(0), elu(tensor(0), 2), celu'(0), leaky_relu'(0), hard_tanh'(1), hard_tanh'(-1))",
   "1.0507009873554805 0 1 0.01 0 0\n"},
  /* far out: no overflow, no nan */
  {"x = tensor([-1000, 1000]); for f in (selu, gelu, silu, mish) { y = f(x); backward(sum(y)); print(y, grad(x)) }",
   "[-1.7581, 1050.7] [0, 1.0507]\n[0, 1000] [0, 1]\n[0, 1000] [0, 1]\n[0, 1000] [0, 1]\n"},
  {"print(gelu(-inf), silu(-inf), mish(-inf), selu(-inf) < -1.75, isnan(gelu(nan)))", "0 0 0 true true\n"},
  {"print(selu''(1000), selu''(-1) == selu'(-1))", "0 true\n"},
  {"print(gelu([1, 2], where=[true, false]), silu(tensor([1], dtype=int)).dtype)", "[0.841345, 0] float64\n"},
};

static const OutputCase losses[] = {
  /* a sure answer: loss 0, slope 0 unless gamma is 0 */
  {"for k in (0, 0.5, 1, 2) { p = tensor([[1, 0]]); l = focal_loss(p, [0], gamma=k); backward(l); print(l, grad(p)) }",
   "[0] [[-1, 0]]\n[0] [[0, 0]]\n[0] [[0, 0]]\n[0] [[0, 0]]\n"},
  {"p = tensor([[1.0000000000000002, 0]]); l = focal_loss(p, [0], gamma=0.5); backward(l); print(grad(p))",
   "[[0, 0]]\n"},
  {"f(k) = p -> focal_loss([[p, 0], [0.9, 0.1]], [0, 0], gamma=k)[0]; "
   "print(f(0.5)''(1), f(1)''(1), f(1)'''(1), f(1.5)''(1), f(2)'''(1))", "inf 2 -3 0 -6\n"},
  {"p = tensor([[0, 1]]); l = focal_loss(p, [0], gamma=2); backward(l); print(l, grad(p))", "[inf] [[-inf, 0]]\n"},
  {"s = tensor([[-800, 0], [800, 0]]); l = softmax_focal_loss(s, [0, 0], gamma=2); backward(l); print(l, grad(s))",
   "[800, 0] [[-1, 1],\n [ 0, 0]]\n"},
  {"s = [[0.5, -1, 2]]; "
   "print(abs(softmax_focal_loss(s, [1], gamma=1.5) - focal_loss(softmax(s), [1], gamma=1.5)) < 1e-14)", "[true]\n"},
  {"x = tensor([[1, 1e9], [0, 0]]); l = multiclass_hinge(x, [1, 0], -1); backward(l); print(l, grad(x))",
   "0 [[0, 0],\n [0, 0]]\n"},
  {"print(margin_ranking_loss([[1, 2], [3, 4]], [[0, 0], [0, 0]], [1, -1], 0.5))", "2\n"},
};

#define CASES(table) {sizeof table / sizeof *table, table}
static const struct { size_t count; const OutputCase *cases; } tables[] = {
  CASES(convolutions), CASES(pools), CASES(normalisations), CASES(dropouts), CASES(attention), CASES(recurrent),
  CASES(activations), CASES(losses),
};

START_TEST(layers_give_known_numbers) {
  for (size_t i = 0; i < tables[_i].count; i++) expect_output(tables[_i].cases[i].code, tables[_i].cases[i].output);
}
END_TEST

START_TEST(layers_say_what_is_wrong) {
  expect_error(&errors[_i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("layers");
  TCase *tests = tcase_create("layers");
  tcase_add_loop_test(tests, layers_give_known_numbers, 0, COUNT(tables));
  tcase_add_loop_test(tests, layers_say_what_is_wrong, 0, COUNT(errors));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
