# diff, trapezoid, gradient with ends of either order, cross along any axis, array_equal of nan.
print(gradient([1.,4,9,16], edge_order=2), gradient([1.,4,9,17]), gradient([1.,4,9,16],[0.,1,3,6], edge_order=2), gradient([1.,5]))
print(gradient([[1.,4,9],[2,3,7]], axis=1, edge_order=2), gradient(ones((3,3)))[1].shape)
print(cross([[1.],[2],[3]], [[4.],[5],[6]], axis=0).shape, cross([[1.,2,3]], [[4.,5,6]], axis=1), cross([[1.],[2]], [[4.],[5]], axis=0))
print(array_equal([1,nan],[1,nan], equal_nan=true), array_equal([1,nan],[1,nan]), array_equal([1,2],[1,2],equal_nan=true))
print(diff([1,4,9]), diff(ones((2,3)), axis=0), trapezoid([1.,2,3]), check_grad(x -> gradient(x, [0.,1,3,6], edge_order=2), [1.,4,9,17]))
for f in (() -> diff([1,2], axis=3), () -> trapezoid([1.,2], axis=2), () -> gradient([1.,2], axis=2),() -> cross([1.,2,3],[1.,2,3], axis=4), () -> gradient([1.,2], edge_order=2)) { try { f() } catch e { print(e.message) } }
print(gradient([1, 1]), gradient([[1, 1], [1, 1]]), diff(zeros((1, 4, 0)) > 0, axis=2).dtype, diff(zeros((2, 0)) > 0, n=3).shape, diff([1, 2, 4], n=5))
