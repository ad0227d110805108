# Linear algebra as it is called: results in tuples, options, methods, errors.
A = tensor([[2, 1, 0], [1, 3, 1], [0, 1, 4]])
T = tensor([[1, 2], [3, 4], [5, 6]])
near(x, y) = allclose(x, y, rtol=1e-12, atol=1e-12)

Q, R = linalg.qr(T)
print(near(Q @ R, T), Q.shape, R.shape, near(qr(T, "r"), R))
Q, R = qr(T, mode="complete")
print(near(Q @ R, T), Q.shape, R.shape, near(Q.T @ Q, eye(3)))
U, s, Vt = linalg.svd(T)
print(U.shape, s.shape, Vt.shape, near(U[:, :2] * s @ Vt, T), near(U @ U.T, eye(3)))
U, s, Vt = T.svd(full_matrices=false)
print(U.shape, near(U * s @ Vt, T), near(svd(T, compute_uv=false), s))
U, s, Vt = svd(T.T)
print(U.shape, Vt.shape, near(Vt @ Vt.T, eye(3)))
w, V = linalg.eigh(A)
print(near(A @ V, V * w), near(linalg.eigvalsh(A), w), near(eigh(A, UPLO="U")[0], w))
w, V = linalg.eig([[2, 1], [0, 3]])
print(w, near(V[:, 1], [1, 1] / sqrt(2)))
sign, size = linalg.slogdet(A)
print(sign, near(exp(size), linalg.det(A)), sign.constant)

# least squares: (x, residuals, rank, s)
x, rest, rank, s = linalg.lstsq([[0, 1], [1, 1], [2, 1], [3, 1]], [-1, 0.2, 0.9, 2.1])
print(near(x, [1, -0.95]), near(rest, [0.05]), rank, s.shape)
x, rest, rank, s = lstsq([[1, 1], [1, 1], [1, 1]], [[1, 2], [3, 4], [5, 6]])
print(near(x, [[1.5, 2], [1.5, 2]]), rest.shape, rank)
M = tensor([[[0, 1], [1, 1], [2, 1]], [[1, 0], [1, 2], [3, 1]]]); B = tensor([[1, 2, 4], [2, 0, 1]])[..., newaxis]
x, rest, rank, s = lstsq(M, B)
print(near(x[1], lstsq(M[1], B[1])[0]), rest.shape, rank, s.shape)
x, rest, rank, s = lstsq(M[0], B)
print(near(x[1], lstsq(M[0], B[1])[0]), rest.shape, rank, s.shape)
print(lstsq(float32(M[0]), [1, 2, 4])[0].dtype, lstsq(float32(M[0]), B[0])[0].dtype, lstsq([[4, 0], [0, 1]], [8, 2], rcond=0.5)[0])

# gradients pass through the parts
g(x) = sum(linalg.lstsq(x, [1, 2, 4])[0] ** 2)
backward(g(T))
print(near(grad(T), grad(x -> sum((pinv(x) @ [1, 2, 4]) ** 2))(T)), near(grad(x -> sum(lstsq(x, [1, 2, 4])[3]))(T), grad(x -> norm(x, "nuc"))(T)))
print(grad(T).shape, svd(T, constant=true)[1].constant, svd(T)[1].constant)
backward(linalg.slogdet(A)[1])
print(near(grad(A), linalg.inv(A).T))
backward(linalg.det(A))
print(near(grad(A), linalg.det(A) * linalg.inv(A).T))

# names
print(linalg.solve([[2, 0], [0, 4]], [2, 4]), np.linalg.norm([3, 4]), linalg.norm([[1, -2], [3, 4]], inf), A.trace(), linalg.cond(eye(2)))
print(linalg.norm([[3, 4], [0, 0]], axis=1, keepdims=true).shape, linalg.multi_dot((T.T, A, T)).shape)
print(linalg.matrix_rank([[1, 2], [2, 4]]), linalg.matrix_power([[1, 1], [0, 1]], -3))
print(linalg.norm([3e300, 4e300]) == 5e300, linalg.cond([[1, 2], [2, 4]], 1))

I = linalg.matrix_power(ones((2, 2, 2)), 0); I[0, 0, 0] = 7
print(I[1, 0, 0], I[0, 0, 0])

# errors
S = ones((2, 2))
try { linalg.inv(S) } catch err { print(err.message) }
try { linalg.solve(S, [1, 2]) } catch err { print(err.message) }
try { linalg.inv(ones((3, 2, 2))) } catch err { print(err.message) }
try { linalg.inv(T) } catch err { print(err.message) }
try { linalg.eig([[0, 1], [-1, 0]]) } catch err { print(err.message) }
try { linalg.cholesky(-S) } catch err { print(err.message) }
try { linalg.norm(T, "max") } catch err { print(err.message) }
try { linalg.norm(ones((2, 2, 2)), 1) } catch err { print(err.message) }
try { qr(T, mode="full") } catch err { print(err.message) }
try { lstsq(T, [1, 2]) } catch err { print(err.message) }
try { linalg.solve(A, T.T) } catch err { print(err.message) }
try { linalg_solve(A, T) } catch err { print(err.message) }
linalg.inv(S)
