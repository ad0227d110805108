-- SPDX-License-Identifier: MIT
-- The plain-number loops in Lua: nanoseconds per iteration or call of the workload named on the command line.
local sin, clock = math.sin, os.clock
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local work = {
  a = {100000, function(n) local s = 0.0 for i = 0, n - 1 do s = s + sin(i * 0.001) * 2 end return s end, 100000},
  a2 = {1000000, function(n) local a, b = 1.0, 0.5 for i = 1, n do a = a * 0.5 + b b = a - b * 0.25 end return a + b end, 1000000},
  p = {25, fib, 242785},
}
local argument, run, count = table.unpack(work[arg[1]])
run(argument)
local best = math.huge
for k = 1, 7 do
  local start = clock()
  run(argument)
  best = math.min(best, clock() - start)
end
print(best / count * 1e9)
