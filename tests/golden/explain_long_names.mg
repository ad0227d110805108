# Long names give way: no line is wider than 80 columns, and what goes on stands below where it began.
x_long_name_that_is_really_quite_long_indeed = tensor([1, 2, 3])
L = sum(x_long_name_that_is_really_quite_long_indeed ** 2 + sin(x_long_name_that_is_really_quite_long_indeed))
explain(L)
a_number_whose_name_goes_on_and_on = tensor(2)
result_of_all_that_was_computed = a_number_whose_name_goes_on_and_on ** 2 + sin(a_number_whose_name_goes_on_and_on)
explain(result_of_all_that_was_computed)
explain(result_of_all_that_was_computed * x_long_name_that_is_really_quite_long_indeed.sum())
f(x_long_name_that_is_really_quite_long_indeed, other_name_of_the_same_kind) = x_long_name_that_is_really_quite_long_indeed ** 2 * other_name_of_the_same_kind
explain(f, 1, 2)
