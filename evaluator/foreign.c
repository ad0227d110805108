/* SPDX-License-Identifier: MIT */
/* foreign.c: what people write who come from other languages and libraries, and what it is called here. */
#include "evaluator/foreign.h"
#include <stddef.h>
#include <string.h>
#include "parser/parser.h"

typedef struct Foreign { const char *word, *hint; } Foreign;
#define BINOMIAL_HINT "write `factorial(n) / (factorial(k) * factorial(n - k))`"
#define LIMIT_HINT "there are no limits: look at values nearby, as `f(1e-6)`"
/* A word that begins with a dot is known behind one only: x.numpy() is not the library. */
static const Foreign foreign[] = {
    {"view", "the name here is `reshape`"},
    {"requires_grad", "`tensor(...)` makes a variable"},
    {"torch", "write the bare name, or `mg.` before it"},
    {"jnp", "write the bare name, or `np.` before it"},
    {"numpy", "write the bare name, or `np.` before it"},
    {"mygrad", "write the bare name, or `mg.` before it"},
    {"math", "write the bare name: `sin(x)`, `pi`"},
    {"null", "the name here is `none`"},
    {"nil", "the name here is `none`"},
    {"NULL", "the name here is `none`"},
    {"self", "fields are reached by their record: `r.name`"},
    {"array", "write `[1, 2]`, or `tensor([1, 2])` for a variable"},
    {"ndarray", "write `[1, 2]`, or `tensor([1, 2])` for a variable"},
    {"list", "write `[1, 2]`, or `(1, 2)` for a tuple"},
    {"tuple", "a tuple is written `(1, 2)`; loops take tensors as they are"},
    {"dict", "records are written `{a: 1, b: 2}`"},
    {"lambda", "functions are written `x -> e`"},
    {"function", "functions are written `f(x) = e` or `x -> e`"},
    {"length", "the name here is `len`"},
    {"println", PRINT_HINT},
    {"printf", "write `print(f\"{x:.3f}\")`"},
    {"require", "write `import \"file.mg\"`"},
    {"infinity", "the name here is `inf`"},
    {"Infinity", "the name here is `inf`"},
    {"NaN", "the name here is `nan`"},
    {"elif", "write `else if`"},
    {"end", "`x[1:]` goes on to the end, and `x[-1]` is the last element"},
    {"pass", "an empty block is `{ }`"},
    {"this", "fields are reached by their record: `r.name`"},
    {"asarray", "the name here is `astensor`"},
    {"as_tensor", "the name here is `astensor`"},
    {"from_numpy", "the name here is `tensor`"},
    {"cat", "the name here is `concatenate`"},
    {"concat", "the name here is `concatenate`"},
    {"row_stack", "the name here is `vstack`"},
    {"hsplit", "write `split(x, n, axis=1)`"},
    {"vsplit", "write `split(x, n)`"},
    {"dsplit", "write `split(x, n, axis=2)`"},
    {"repmat", "the name here is `tile`"},
    {"chunk", "the name here is `array_split`"},
    {"permute", "the name here is `transpose`"},
    {"unsqueeze", "the name here is `expand_dims`"},
    {"expand", "the name here is `broadcast_to`"},
    {"gather", "the name here is `take_along_axis`"},
    {"index_select", "the name here is `take`"},
    {"masked_fill", "write `where(mask, value, x)`, or `x[mask] = value`"},
    {"select", "write `where(condition, x, y)`"},
    {"clamp", "the name here is `clip`"},
    {"mm", "write `x @ y`"},
    {"bmm", "write `x @ y`"},
    {"mv", "write `x @ y`"},
    {"lgamma", "the name here is `gammaln`"},
    {"psi", "the name here is `digamma`"},
    {"trapz", "the name here is `trapezoid`"},
    {"asin", "the name here is `arcsin`"},
    {"acos", "the name here is `arccos`"},
    {"atan", "the name here is `arctan`"},
    {"atan2", "the name here is `arctan2`"},
    {"asinh", "the name here is `arcsinh`"},
    {"acosh", "the name here is `arccosh`"},
    {"atanh", "the name here is `arctanh`"},
    {"cdist", "write `norm(x[:, newaxis] - y, axis=-1)`"},
    {"no_grad", "write `no_autodiff { ... }`"},
    {"inference_mode", "write `no_autodiff { ... }`"},
    {"zero_grad", "no need: `backward` replaces gradients; `null_grad(x)` forgets one"},
    {"clip_grad_norm_", "the name here is `clip_grad`"},
    {"clip_grad_norm", "the name here is `clip_grad`"},
    {"grad_fn", "the name here is `creator`"},
    {"randperm", "the name here is `permutation`"},
    {"manual_seed", "the name here is `seed`"},
    {"softmax_cross_entropy", "the name here is `softmax_crossentropy`"},
    {"cross_entropy", "the name here is `softmax_crossentropy`"},
    {"nll_loss", "the name here is `negative_log_likelihood`"},
    {"l1_loss", "the name here is `mae_loss`"},
    {"binary_cross_entropy", "the name here is `binary_crossentropy`"},
    {"binary_cross_entropy_with_logits", "the name here is `bce_with_logits`"},
    {"conv1d", "the name here is `conv_nd`"},
    {"conv2d", "the name here is `conv_nd`"},
    {"conv3d", "the name here is `conv_nd`"},
    {"max_pool1d", "the name here is `max_pool`"},
    {"max_pool2d", "the name here is `max_pool`"},
    {"avg_pool2d", "the name here is `avg_pool`"},
    {"layer_norm", "the name here is `layernorm`"},
    {"batch_norm", "the name here is `batchnorm`"},
    {"group_norm", "the name here is `groupnorm`"},
    {"softsign", "the name here is `soft_sign`"},
    {"hardtanh", "the name here is `hard_tanh`"},
    {"xavier_uniform", "the name here is `glorot_uniform`"},
    {"xavier_normal", "the name here is `glorot_normal`"},
    {"kaiming_uniform", "the name here is `he_uniform`"},
    {"kaiming_normal", "the name here is `he_normal`"},
    /* autograd, JAX, SciPy */
    {"primitive", "write `custom_op(forward, backward)`"},
    {"defvjp", "write `custom_op(forward, backward)`"},
    {"defjvp", "write `custom_op(forward, backward)`"},
    {"custom_vjp", "write `custom_op(forward, backward)`"},
    {"execute_op", "write `custom_op(forward, backward)`"},
    {"Operation", "write `custom_op(forward, backward)`"},
    {"Function", "write `custom_op(forward, backward)`"},
    {"make_vjp", "write `vjp(f, x)`, a function of v"},
    {"make_jvp", "write `jvp(f, x, v)`"},
    {"hessian_vector_product", "write `hvp(f, x, v)`"},
    {"make_hvp", "write `hvp(f, x, v)`"},
    {"check_grads", "write `check_grad(f, x)`"},
    {"gradcheck", "write `check_grad(f, x)`"},
    {"jacrev", "the name here is `jacobian`"},
    {"jacfwd", "the name here is `jacobian`"},
    {"stop_gradient", "the name here is `detach`"},
    {"comb", BINOMIAL_HINT},
    {"vmap", "functions work on whole tensors; or write `[f(row) for row in x]`"},
    {"jit", "not needed: leave it out"},
    {".at", "write `x[i] = v`"},
    {".set", "write `x[i] = v`"},
    {"dx", DERIVATIVE_HINT},
    {"df", DERIVATIVE_HINT},
    {"dy", DERIVATIVE_HINT},
    {"dt", DERIVATIVE_HINT},
    {"deriv", DERIVATIVE_HINT},
    {"differentiate", DERIVATIVE_HINT},
    {"curve_fit", "write `fit(model, params, x, y)`"},
    {"least_squares", "write `fit(model, params, x, y)`"},
    {"quad", "write `integrate(f, a, b)`"},
    {"fsolve", "write `solve(f, x0)`"},
    {"root", "write `solve(f, x0)`; the n-th root of x is `x ** (1/n)`"},
    {"fzero", "write `solve(f, x0)`"},
    {"nsolve", "write `solve(f, x0)`"},
    {"solve_ivp", "write `odeint(f, y0, t)`"},
    {"isin", "write `any(x[..., newaxis] == values, axis=-1)`"},
    {"fft", "there is no Fourier transform: numbers are real"},
    {"iinfo", "whole numbers of dtype int64 reach from -2 ** 63 to 2 ** 63 - 1"},
    {"finfo", "eps is `2 ** -52` for float64, `2 ** -23` for float32"},
    {"random", "numbers between 0 and 1 are `rand(2, 3)`"},
    {"default_rng", "write `seed(0)`, and then `randn(3)`, `rand(3)`, `randint(6)`"},
    {"ix_", "write `x[i[:, newaxis], j]`: every row of `i` with every column of `j`"},
    {"savez", "write `save(file, w=w, b=b)`"},
    {"savez_compressed", "write `save(file, w=w, b=b)`"},
    {"build_graph", "write `graph(L)`"},
    {"computational_graph", "write `graph(L)`"},
    {"turn_memory_guarding_off", "not needed: nothing is locked"},
    {"open", "write `read_file(name)` or `write_file(name, text)`"},
    {".read", "write `read_file(name)`"},
    /* calculators, MATLAB, Mathematica, Matplotlib */
    {"limit", LIMIT_HINT},
    {"lim", LIMIT_HINT},
    {"derive", DERIVATIVE_HINT},
    {"differentiate", DERIVATIVE_HINT},
    {"integral", "write `integrate(f, a, b)`"},
    {"nabla", "a gradient is written `grad(f)`"},
    {"lg", "the name here is `log10`"},
    {"nthroot", "the n-th root of x is `x ** (1/n)`"},
    {"surd", "the n-th root of x is `x ** (1/n)`"},
    {"deg", DEGREES_HINT},
    {"rad", DEGREES_HINT},
    {"sind", DEGREES_HINT},
    {"cosd", "angles are in radians: `cos(radians(30))`"},
    {"tand", "angles are in radians: `tan(radians(30))`"},
    {"nCr", BINOMIAL_HINT},
    {"choose", BINOMIAL_HINT},
    {"nchoosek", BINOMIAL_HINT},
    {"nPr", "write `factorial(n) / factorial(n - k)`"},
    {"avg", "the name here is `mean`"},
    {"ceiling", "the name here is `ceil`"},
    {"frac", "write `x - floor(x)`"},
    {"sgn", "the name here is `sign`"},
    {"rnd", "write `rand()`"},
    {"ans", "the value shown last is `_`"},
    {"Ans", "the value shown last is `_`"},
    {"clear", "`del x` forgets a name"},
    {"who", "write `vars()`"},
    {"whos", "write `vars()`"},
    {"disp", PRINT_HINT},
    {"echo", PRINT_HINT},
    {"puts", PRINT_HINT},
    {"console", PRINT_HINT},
    {"System", PRINT_HINT},
    {"fprintf", "write `print(f\"{x:.3f}\")`"},
    {"sprintf", "write `f\"{x:.3f}\"`"},
    {".push", "write `x = append(x, 3)`"},
    {".items", RECORD_HINT},
    {".keys", RECORD_HINT},
    {".values", RECORD_HINT},
    {".fill", "write `x[...] = 1`"},
    {"reverse", "write `flip(x)`"},
    {"descending", "write `flip(sort(x))`"},
    {"undefined", "the name here is `none`"},
    {"set", "write `unique(x)`"},
    {".show", "leave it out: `plot` draws at once"},
    {"figure", CURVES_HINT},
    {"hold", CURVES_HINT},
    {".title", "write `plot(f, title=\"...\")`"},
    {".xlabel", "write `plot(f, xlabel=\"x\")`"},
    {".ylabel", "write `plot(f, ylabel=\"y\")`"},
    {".legend", "write `plot(f, g, labels=(\"f\", \"g\"))`"},
    {".savefig", "write `plot(f, save=\"picture.svg\")`"},
    {".grid", "leave it out"},
    /* arguments that have no counterpart */
    {"fmt", "numbers are written to the last bit; `round(x, 3)` shortens them"},
    {"usecols", "choose columns afterwards: `x[:, 0]`"},
    /* what PyTorch's tensors and modules have */
    {"numel", "write `x.size`"},
    {"tolist", "a tensor is looped over as it is; `to_json(x)` writes it as text"},
    {".numpy", "leave it out, or write `x.data` for the numbers without history"},
    {"inverse", "the name here is `inv`"},
    {"clone", "the name here is `copy`"},
    {".device", "there is one place for tensors: leave it out"},
    {".cpu", "there is one place for tensors: leave it out"},
    {".cuda", "there is one place for tensors: leave it out"},
    {".to", "write `x.astype(float32)`"},
    {".type_as", "write `x.astype(float32)`"},
    {"float16", DTYPES_HINT},
    {"bfloat16", DTYPES_HINT},
    {"int8", DTYPES_HINT},
    {"int16", DTYPES_HINT},
    {"uint16", DTYPES_HINT},
    {"uint32", DTYPES_HINT},
    {"uint64", DTYPES_HINT},
    {"complex64", DTYPES_HINT},
    {"complex128", DTYPES_HINT},
    {"long", "write `x.astype(int)`"},
    {"double", "write `x.astype(float64)`"},
    {".half", "write `x.astype(float32)`"},
    {"retain_grad", "not needed: every variable keeps its gradient"},
    {"requires_grad_", "`tensor(...)` makes a variable"},
    {"Tensor", "the name here is `tensor`"},
    {"Parameter", "the name here is `tensor`"},
    {"Variable", "the name here is `tensor`"},
    {"parameters", "parameters are a tuple or record of variables"},
    {"state_dict", "parameters are a tuple or record of variables: `save(file, params)`"},
    {"load_state_dict", "parameters are a tuple or record of variables: `params = load(file)`"},
    {"Linear", "write `w = he_normal(3, 2); b = zeros(2)` and `linear(x, w, b)`"},
    {"Sequential", "a network is a function: `f(x) = linear(relu(linear(x, w, b)), v, c)`"},
    {"Module", "a network is a function, its parameters are a record: `{w: w, b: b}`"},
    {"DataLoader", "write `for xb, yb in batches(X, y, size=32) { ... }`"},
    {"ReLU", "the name here is `relu`"},
    {"Tanh", "the name here is `tanh`"},
    {"Sigmoid", "the name here is `sigmoid`"},
    {"CrossEntropyLoss", "the name here is `softmax_crossentropy`"},
    {"MSELoss", "the name here is `mse_loss`"},
    {"SGD", "the name here is `sgd`"},
    {"Adam", "the name here is `adam`"},
    {"AdamW", "the name here is `adamw`"},
    {"RMSprop", "the name here is `rmsprop`"},
    {"Adagrad", "the name here is `adagrad`"},
    {"LBFGS", "the name here is `lbfgs`"},
};

/* PyTorch's methods that write in place, and what stands behind the tensor here. */
static const Foreign in_place[] = {
    {"add_", " += 1"}, {"sub_", " -= 1"},      {"mul_", " *= 2"},      {"div_", " /= 2"},
    {"pow_", " **= 2"}, {"copy_", "[...] = 1"}, {"fill_", "[...] = 1"}, {ZERO_IN_PLACE, "[...] = 0"},
};

const char *foreign_in_place(const char *word) {
  for (size_t k = 0; k < sizeof in_place / sizeof *in_place; k++)
    if (strcmp(in_place[k].word, word) == 0) return in_place[k].hint;
  return NULL;
}

/* Arguments under the names of NumPy and PyTorch, and what a parameter of the same meaning is called here. */
typedef struct Keyword { const char *word, *here; } Keyword;
static const Keyword keywords[] = {
    {"loc", "mean"},   {"lam", "mean"},       {"scale", "std"},          {"size", "shape"},
    {"size", "n"},     {"dim", "axis"},       {"fill_value", "value"},   {"keepdim", "keepdims"},
    {"input", "x"},    {"other", "y"},        {"correction", "ddof"},    {"skiprows", "skip_header"},
    {"label", "labels"}, {"n", "num"},        {"steps", "num"},         {"digits", "decimals"},
};

const char *foreign_keyword(const char *word, int *next) {
  for (int count = sizeof keywords / sizeof *keywords; *next < count;) {
    const Keyword *keyword = &keywords[(*next)++];
    if (strcmp(keyword->word, word) == 0) return keyword->here;
  }
  return NULL;
}

/* Functions that take more arguments elsewhere. */
static const Foreign calls[] = {
    {"log", "the logarithm to the base b is `log(x) / log(b)`"},
    {"ln", "the logarithm to the base b is `log(x) / log(b)`"},
    {"sqrt", "the n-th root of x is `x ** (1/n)`"},
    {"exp", "a power is written `x ** y`"},
};

/* Names that stand before a dot elsewhere: torch.cat, F.relu. */
static const char *const prefixes[] = {
    "torch", "nn",    "F",     "functional", "optim",    "tf",     "tensorflow", "keras", "jax", "jnp",
    "lax",   "scipy", "numpy", "anp",        "autograd", "mygrad", "math",       "sp",    "plt",
    "Math",
};

static const char *find_word(const char *word) {
  for (size_t k = 0; k < sizeof foreign / sizeof *foreign; k++)
    if (strcmp(foreign[k].word, word) == 0) return foreign[k].hint;
  return NULL;
}

const char *foreign_hint(const char *word) { return find_word(word); }

const char *foreign_member_hint(const char *word) {
  char dotted[40] = ".";
  size_t length = strlen(word);
  if (length + 2 > sizeof dotted) return NULL;
  memcpy(dotted + 1, word, length + 1);
  const char *hint = find_word(dotted);
  return hint ? hint : find_word(word);
}

const char *foreign_call_hint(const char *word) {
  for (size_t k = 0; k < sizeof calls / sizeof *calls; k++)
    if (strcmp(calls[k].word, word) == 0) return calls[k].hint;
  return NULL;
}

bool foreign_is_prefix(const char *word) {
  for (size_t k = 0; k < sizeof prefixes / sizeof *prefixes; k++)
    if (strcmp(prefixes[k], word) == 0) return true;
  return false;
}
