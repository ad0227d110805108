# What a step is called is what was written: not the view or reshape that it is inside.
explain(A -> sum(flatten(A) * [1,2,3,4]), [[1,2],[3,4]])
explain(A -> sum(A.ravel() * [1,2,3,4]), [[1,2],[3,4]])
explain(v -> norm(v, keepdims=true)[0], [3,4])
explain(v -> sum(reshape(v, (2, 1))), [3,4])
explain(x -> x[0, 0] * 2, [[3]])
explain(v -> v @ [2, 5], [3, 4])
# The note on what is not finite fits the line.
long_name_of_a_variable = tensor(0); another_long_name_of_a_number = tensor(0)
result_of_all_that = log(long_name_of_a_variable) * another_long_name_of_a_number
explain(result_of_all_that)
