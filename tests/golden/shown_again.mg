# What is shown reads back; strings are counted by characters.
f(x) = x
def d(x, y=2) { z = x; return z }
(f, 1, d)
{f: f, g: (x, y=2) -> x + y}
f
"\xff\x41\xce\xb1"
len("\xff\xfeA")
f(x) = x + 1
s = "héllo wörld"
s[1], s[-1], s[1:4], s[::-1], s[20:], len(s)
t = "hello"
t[1], t[-1], t[1:4], t[::-1], t[20:], len(t), t[::2]
u = t
t += " world"
t, u, len(t), t[-1]
t += t
t
t = t + "!" + "?" + "."
t, u
v = "\xce"; v += "\xb1"; v, len(v)
