# Losses: how far predictions are from what was wanted.  Each gives one number unless its text says otherwise.

# Labels as whole numbers from 0 to one below the number of classes.
def check_labels(who, x, y) {
  if x.ndim != 2 { error(f"`{who}` needs scores of shape (N, C), not {x.shape}") }
  y = astype(detach(astensor(y)), float64)
  if y.shape != (x.shape[0],) { error(f"`{who}` needs one label for each of the {x.shape[0]} rows, not shape {y.shape}") }
  bad = y[(y < 0) | (y >= x.shape[1]) | (y != floor(y))]
  if len(bad) > 0 { error(f"`{who}`: {bad[0]} is no label: they are whole numbers from 0 to {x.shape[1] - 1}") }
  return astype(y, int)
}

# A column and a row would be compared each element with each, which is not meant.
def check_pair(x, y) {
  if x.shape == y.shape { return }
  both = broadcast_arrays(x, y)[0]
  if both.size > max([x.size, y.size]) { error(f"shapes {x.shape} and {y.shape} would be compared as {both.shape}: reshape one of them") }
}

def difference(x, y) {
  check_pair(x, y)
  return x - y
}

mse_loss(x, y) = mean(difference(x, y) ** 2)

mae_loss(x, y) = mean(abs(difference(x, y)))

def huber_loss(x, y, delta) {
  if not delta > 0 { error(f"`delta` must be positive, got {delta}") }
  d = difference(x, y); near = clip(d, -delta, delta)
  return mean(near * (d - near / 2)) # d ** 2 / 2, or delta * (abs(d) - delta / 2)
}

def smooth_l1(x, y, beta) {
  if not beta >= 0 { error(f"`beta` cannot be negative, got {beta}") }
  d = difference(x, y); size = abs(d)
  return mean(where(size < beta, d ** 2 / (2 * beta), size - beta / 2))
}

def binary_crossentropy(p, y) {
  check_pair(p, y)
  wrong = ravel(p)[ravel((p < 0) | (p > 1))]
  if len(wrong) > 0 { error(f"`p` is from 0 to 1, got {wrong[0]}; bce_with_logits takes any number") }
  return 0 - mean(xlogy(y, p) + xlogy(1 - y, 1 - p))
}

def bce_with_logits(x, y) {
  check_pair(x, y)
  return mean(softplus(x) - x * y)
}

def kl_div(x, y) {
  check_pair(x, y)
  return mean(xlogy(y, y) - y * x)
}

# Each vector is made one of length 1 before they meet: products of long ones overflow.
def cosine_similarity(x, y, axis) {
  unit(x) = x / maximum(linalg.norm(x, axis=axis, keepdims=true), 1e-8)
  return sum(unit(x) * unit(y), axis=axis)
}

def negative_log_likelihood(x, y, weights) {
  labels = check_labels("negative_log_likelihood", x, y)
  chosen = x[arange(len(labels), dtype=int), labels]
  if weights != none and weights.shape != (x.shape[1],) {
    error(f"`weights` needs one weight for each of the {x.shape[1]} classes, not shape {weights.shape}")
  }
  if weights != none { chosen = chosen * weights[labels] }
  return -sum(chosen) / len(labels)
}

def multiclass_hinge(x, y, hinge) {
  labels = check_labels("multiclass_hinge", x, y)
  margins = relu(x - x[arange(len(labels), dtype=int), labels][:, newaxis] + hinge)
  return sum(where(one_hot(labels, x.shape[1]) == 0, margins, 0)) / len(labels)
}

def margin_ranking_loss(x1, x2, y, margin) {
  y = astensor(y, constant=true)
  if margin < 0 { error(f"`margin` cannot be negative, got {margin}") }
  wrong = ravel(y)[abs(ravel(y)) != 1]
  if wrong.size > 0 {
    error(f"`margin_ranking_loss`: `y` is 1 (x1 is to be larger) or -1 (x2), not {detach(wrong[0])}")
  }
  if y.ndim == 1 and x1.ndim > 1 { y = y[:, newaxis] }
  check_pair(x1, x2); check_pair(x1, y)
  return mean(relu(margin - y * (x1 - x2)))
}

# From log(p) and 1 - p.  Where p is 1 the loss is 0, and so is its slope unless gamma is 0.
def focal(logarithm, rest, alpha, gamma) {
  if gamma < 0 { error(f"`gamma` cannot be negative, got {gamma}") }
  if gamma == 0 { return 0 - alpha * logarithm }
  unsure = rest > 0
  return 0 - alpha * where(unsure, where(unsure, minimum(rest, 1), 1) ** gamma, 0) * logarithm
}

def focal_loss(class_probs, targets, alpha, gamma) {
  labels = check_labels("focal_loss", class_probs, targets)
  p = class_probs[arange(len(labels), dtype=int), labels]
  loss = focal(log(p), 1 - p, alpha, gamma)
  sure = p == 1
  if gamma == 0 or not any(sure) { return loss }
  # log(p) begins with p - 1 there, so higher derivatives are not 0.
  rest = where(sure, 1 - p, 1)
  return loss + alpha * where(sure, rest ** (1 + gamma) * (1 + rest / 2), 0)
}

def softmax_focal_loss(scores, targets, alpha, gamma) {
  labels = check_labels("softmax_focal_loss", scores, targets)
  logarithm = logsoftmax(scores)[arange(len(labels), dtype=int), labels]
  return focal(logarithm, -expm1(logarithm), alpha, gamma)
}

return {mse_loss: mse_loss, mean_squared_error: mse_loss, mae_loss: mae_loss, huber_loss: huber_loss,
        smooth_l1: smooth_l1, binary_crossentropy: binary_crossentropy, bce_with_logits: bce_with_logits,
        kl_div: kl_div, cosine_similarity: cosine_similarity, negative_log_likelihood: negative_log_likelihood,
        multiclass_hinge: multiclass_hinge, margin_ranking_loss: margin_ranking_loss, focal_loss: focal_loss,
        softmax_focal_loss: softmax_focal_loss}
