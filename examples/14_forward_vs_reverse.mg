#!/usr/bin/env mgrad
# Forward against reverse: two ways to walk through the same chain rule, and which one is cheap.
# jvp pushes one direction of the inputs forward; vjp pulls one direction of the outputs back.
runs = {n: 0}

def many_to_one(x) {
  runs.n += 1
  return sum(sin(x) * x)
}

def one_to_many(t) {
  runs.n += 1
  return sin(t * arange(1, 9, constant=true))
}

def count(work) {
  "How often the function ran while `work` was done, and what came out."
  runs.n = 0
  result = work()
  return runs.n, result
}

n = 8
x = linspace(0, 1, n, constant=true)

# All n slopes of a function of n inputs: n pushes, or a single pull.
forward, by_jvp = count(() -> [jvp(many_to_one, x, direction) for direction in eye(n, constant=true)])
reverse, by_vjp = count(() -> grad(many_to_one)(x))

# All slopes of n outputs with one input: the other way round.
forward_out, columns = count(() -> jvp(one_to_many, 0.5, 1))
reverse_out, rows = count(() -> [grad(t -> one_to_many(t)[k])(0.5) for k in range(n)])
print("how often the function runs for all slopes:")
table((f"{n} inputs, 1 output", f"1 input, {n} outputs"), (forward, forward_out), (reverse, reverse_out),
      headings=("", "forward", "reverse"))
print("Learning has millions of inputs and one loss: this is why it goes backward.")

assert max(abs(by_jvp - by_vjp)) < 1e-15 and max(abs(columns - rows)) < 1e-15, "both ways give the same numbers"
assert reverse == 1 and reverse_out == n and forward_out < n < forward + 1
