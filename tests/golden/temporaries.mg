a = [1,2,3]
print(a*2+1, a)
print((a*2)*(a*2)-a)
x=[1,2]
print((x+0)*x, x)
print((x*[[1],[2]])+x)
print(1 - x*2, (x > 1) & (x*2 > 2))
t = x*3
print(t+1, t)
def f(v) { w = v + 1; return w * v }
print(f(x*1))
z = tensor([1,2])
print((z*2)+1, z)
print((x*2)/0)
print((tensor([1,2],dtype=float32)*2).astype(int)+1)
y = x*2; y2 = y; y2 += 1; print(y)
