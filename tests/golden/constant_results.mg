# constant=true and constant=false of functions that are made of operations.

x = tensor([[4, 1], [2, 3]])
v = tensor([0.5, 0.25])
labels = tensor([0, 1], dtype=int)
calls = {
  meshgrid: c -> meshgrid(v, v, constant=c), fliplr: c -> fliplr(x, constant=c), flipud: c -> flipud(x, constant=c),
  rot90: c -> rot90(x, constant=c), tile: c -> tile(x, 2, constant=c), pad: c -> pad(x, 1, constant=c),
  split: c -> split(x, 2, constant=c), array_split: c -> array_split(x, 2, constant=c), append: c -> append(x, v, constant=c),
  delete: c -> delete(v, 0, constant=c), insert: c -> insert(v, 0, 1, constant=c), take: c -> take(x, [0], constant=c),
  take_along_axis: c -> take_along_axis(x, [[0]], 1, constant=c), ptp: c -> ptp(x, constant=c),
  average: c -> average(x, constant=c), diff: c -> diff(x, constant=c), trapezoid: c -> trapezoid(x, constant=c),
  gradient: c -> gradient(x, constant=c), interp: c -> interp(v, [0, 1], [0, 1], constant=c),
  convolve: c -> convolve(v, v, constant=c), correlate: c -> correlate(v, v, constant=c),
  cross: c -> cross(x, x, constant=c), nansum: c -> nansum(x, constant=c), nanmean: c -> nanmean(x, constant=c),
  nanvar: c -> nanvar(x, constant=c), nanstd: c -> nanstd(x, constant=c), nanmax: c -> nanmax(x, constant=c),
  nanmin: c -> nanmin(x, constant=c), sort: c -> sort(x, constant=c), topk: c -> topk(x, 1, constant=c)[0],
  quantile: c -> quantile(x, 0.5, constant=c), percentile: c -> percentile(x, 50, constant=c),
  median: c -> median(x, constant=c), mse_loss: c -> mse_loss(x, 1, constant=c),
  mean_squared_error: c -> mean_squared_error(x, 1, constant=c), mae_loss: c -> mae_loss(x, 1, constant=c),
  huber_loss: c -> huber_loss(x, 1, constant=c), smooth_l1: c -> smooth_l1(x, 1, constant=c),
  binary_crossentropy: c -> binary_crossentropy(v, 1, constant=c), bce_with_logits: c -> bce_with_logits(v, 1, constant=c),
  kl_div: c -> kl_div(v, 1, constant=c), cosine_similarity: c -> cosine_similarity(v, v, constant=c),
  negative_log_likelihood: c -> negative_log_likelihood(x, labels, constant=c),
  multiclass_hinge: c -> multiclass_hinge(x, labels, constant=c),
  margin_ranking_loss: c -> margin_ranking_loss(v, 1, 1, 1, constant=c), focal_loss: c -> focal_loss(x, labels, constant=c),
  softmax_focal_loss: c -> softmax_focal_loss(x, labels, constant=c), leaky_relu: c -> leaky_relu(x, constant=c),
  elu: c -> elu(x, constant=c), celu: c -> celu(x, constant=c), hard_tanh: c -> hard_tanh(x, constant=c),
  glu: c -> glu(x, constant=c), atleast_1d: c -> atleast_1d(x, constant=c), atleast_2d: c -> atleast_2d(v, constant=c),
  atleast_3d: c -> atleast_3d(x, constant=c), broadcast_arrays: c -> broadcast_arrays(x, v, constant=c)
}
first(r) = r[0] if type(r) == "tuple" else r
is_constant(r) = type(r) == "number" or r.constant
def check() {
  for name in calls {
    f = calls[name]
    if is_constant(first(f(none))) or first(f(false)).constant { print(name, "of variables is no variable") }
    made = first(f(true))
    if not is_constant(made) or creator(made) != none { print(name, "with constant=true is no constant") }
  }
}
check()
x = x.data; v = v.data
def check_constants() {
  for name in calls {
    f = calls[name]
    if not is_constant(first(f(none))) { print(name, "of constants is no constant") }
    made = first(f(false))
    if is_constant(made) or creator(made) != none { print(name, "with constant=false does not start a graph") }
  }
}
check_constants()

# A variable stays itself, and so does a constant; values of one call all become variables, indices do not.
y = tensor([1, 2])
z = atleast_1d(y, constant=true)
print(atleast_1d(y, constant=false).creator, z.constant, shares_memory(atleast_1d(z, constant=true), z))
largest, at = topk([3, 1, 2], 2, constant=false)
print(largest.constant, at.constant, map(part -> part.constant, split([1, 2], 2, constant=false)))
w = sort([2, 1], constant=false); backward(w ** 2)
print(grad(w))
try { sort(tensor([2, 1], dtype=int), constant=false) } catch err { print(err.message) }
try { sort([2, 1], constant=1) } catch err { print(err.message) }
try { take([1, 2], 5, constant=true) } catch err { print(err.message) }
print((y ** 2).constant)
print(one_hot([0, 1], 2).constant, one_hot([0], 2, constant=true).constant, one_hot([0], 2, dtype=int).constant)
