# A variable that is reached late, or not by every step, gets the steps of one that begins then.
def trained(make, late) {
  w = tensor(1)
  other = tensor(1)
  o = make((other, w))
  for i in range(late) { backward(other ** 2); o.step() }
  for k in range(3) { null_grad(other); backward(k * w + w ** 2); o.step() }
  return w.data
}
for make in (v -> adam(v, lr=0.1), v -> adamw(v, lr=0.1), v -> nadam(v, lr=0.1)) {
  print(trained(make, 0), trained(make, 500) == trained(make, 0))
}
w = tensor(1)
o = adam((w,), lr=0.1)
for i in range(1000) { o.step() }
backward(w * 1)
o.step()
print(f"{w.data:.6f}", o.steps, o.state[0].steps)

# The first step of lbfgs is short even if there was no gradient before.
w = tensor(1)
o = lbfgs((w,))
o.step()
backward(w * 4)
o.step()
print(w.data)
