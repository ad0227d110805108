" SPDX-License-Identifier: MIT
" mgrad.vim: colours for mgrad.  The lists of words are written by `make docs`.
if exists('b:current_syntax')
  finish
endif
syntax case match
" Letters of any script (\k) and subscript digits are parts of names; the signs × and ÷ are not.
syntax iskeyword @,48-57,_,192-214,216-246,248-255

" words attribute begin
syntax match mgradAttribute /\.\s*\zs\<\%(shape\|T\|grad\|size\|ndim\|dtype\|data\|base\|creator\|constant\)\>/
" words attribute end
" words keyword begin
syntax keyword mgradKeyword and or not if else for in while break continue return def no_autodiff import try catch
syntax keyword mgradKeyword assert del global
" words keyword end
" words constant begin
syntax keyword mgradConstant true false none True False None newaxis pi π e inf nan mg np nnet random linalg
" words constant end
" words type begin
syntax keyword mgradType bool uint8 int32 int64 float32 float64
" words type end
" words function begin
syntax keyword mgradFunction D abs absolute adadelta adagrad adam adamw add add_sequence all allclose amax amin
syntax keyword mgradFunction animate any append arange arccos arccosh arccot arccoth arccsc arccsch arcsec arcsech
syntax keyword mgradFunction arcsin arcsinh arctan arctan2 arctanh argmax argmin argselect argsort argtop argwhere
syntax keyword mgradFunction around array_equal array_split arrows astensor astype atleast_1d atleast_2d atleast_3d
syntax keyword mgradFunction average avg_pool backward bar base batches batchnorm bce_with_logits bernoulli
syntax keyword mgradFunction bessel_i beta binary_crossentropy bincount binomial bitwise_and bitwise_not bitwise_or
syntax keyword mgradFunction bitwise_xor broadcast_arrays broadcast_to cbrt ceil celu check_grad choice cholesky
syntax keyword mgradFunction clear_graph clip clip_grad column_stack concatenate cond constant contour conv_nd
syntax keyword mgradFunction conv_transpose_nd convolve copy copysign corrcoef correlate cos cosh cosine_similarity
syntax keyword mgradFunction cot coth count_nonzero cov creator cross csc csch cumprod cumsum custom_op deg2rad
syntax keyword mgradFunction degrees delete derivative derivative_depth det detach diag diagonal diff digamma
syntax keyword mgradFunction digitize dirac divide divmod dot dropout dstack eig eigh eigvals eigvalsh einsum
syntax keyword mgradFunction elementwise_grad elu embedding empty empty_like enumerate equal erf erfc erfinv error
syntax keyword mgradFunction exit exp exp2 expand_dims expit explain expm expm1 exponential eye fabs factorial
syntax keyword mgradFunction filter fit flatten flip fliplr flipud float_power floor floor_divide fmax fmin fmod
syntax keyword mgradFunction focal_loss format from_json full full_like gamma gammaln gaussian gelu geomspace
syntax keyword mgradFunction glorot_normal glorot_uniform glu grad gradient graph greater greater_equal groupnorm
syntax keyword mgradFunction gru hard_tanh he_normal he_uniform heatmap heaviside help hessian hist histogram
syntax keyword mgradFunction hstack huber_loss hvp hypot i0 i1 identity implicit indices inner input inputs insert
syntax keyword mgradFunction integrate interp inv invert isclose isfinite isinf isinstance isnan item jacobian jvp
syntax keyword mgradFunction kl_div kron latex layernorm lbfgs leaky_relu left_shift len lerp less less_equal
syntax keyword mgradFunction linear linspace ln load loadtxt log log10 log1p log2 log_softmax logaddexp logaddexp2
syntax keyword mgradFunction logical_and logical_not logical_or logical_xor logit logsigmoid logsoftmax logspace
syntax keyword mgradFunction logsumexp lstm lstsq mae_loss map margin_ranking_loss matmul matrix_power matrix_rank
syntax keyword mgradFunction max max_pool maximum mean mean_squared_error median memory meshgrid min minimize
syntax keyword mgradFunction minimum mish mod moveaxis mse_loss multi_dot multi_matmul multiclass_hinge multiply
syntax keyword mgradFunction multiply_sequence nadam nan_check nan_to_num nanmax nanmean nanmin nanstd nansum
syntax keyword mgradFunction nanvar negative negative_log_likelihood nonzero norm normal normal_cdf normal_pdf
syntax keyword mgradFunction not_equal null_grad odeint one_hot ones ones_like outer pad percentile permutation
syntax keyword mgradFunction pinv plot poisson polyfit polygamma polyval positive power print prod progress ptp
syntax keyword mgradFunction put_along_axis qr quantile quit rad2deg radians rand randint randn range ravel
syntax keyword mgradFunction read_file reciprocal relu remainder repeat reshape reversed right_shift rint rmsprop
syntax keyword mgradFunction rnn roll rot90 round same save saveplot savetxt scaled_dot_product_attention scatter
syntax keyword mgradFunction searchsorted sec sech sech_squared seed selu sensitivity set_printoptions sgd
syntax keyword mgradFunction shares_memory show shuffle sigmoid sign signbit silu sin sinc sinc_derivative sinh
syntax keyword mgradFunction sliding_window_view slogdet smooth_l1 soft_sign softmax softmax_crossentropy
syntax keyword mgradFunction softmax_focal_loss softplus solve sort sort_values sorted split sqrt square squeeze
syntax keyword mgradFunction stack std str subtract sum svd svdvals swapaxes table take take_along_axis tan tanh
syntax keyword mgradFunction taylor tensor tensordot tile time timeit to_json topk trace train_test_split transpose
syntax keyword mgradFunction trapezoid tri tril triu true_divide trunc type uniform unique value_and_grad var
syntax keyword mgradFunction variable vars vdot vjp vstack where write_file xlogy zeros zeros_like zip
" words function end

syntax match mgradKeyword /\<no_grad\>\ze\s*{/
syntax match mgradOperator /[-+*/%@^<>=!&|~−·×⋅≠≤≥]/
syntax match mgradArrow /->/
syntax match mgradDefined /^\s*\zs\d\@!\%(\k\|[₀-₉]\)\+\ze([^()]*)\s*==\@!/
syntax match mgradDefined /\%(\<def\s\+\)\@<=\d\@!\%(\k\|[₀-₉]\)\+/

" A number may be a factor of what follows it: 2x, 2(x + 1).
syntax match mgradNumber /\%(\k\|[₀-₉]\)\@4<!\d\+\%(_\d\+\)*\%(\.\%(\d\+\%(_\d\+\)*\)\=\)\=\%([eE][-+]\=\d\+\)\=/
syntax match mgradNumber /\%(\k\|[₀-₉)\].]\)\@4<!\.\d\+\%(_\d\+\)*\%([eE][-+]\=\d\+\)\=/

" An apostrophe right behind a name or a bracket is a derivative, elsewhere it begins a string.
syntax match mgradPrime /\%(\k\|[₀-₉)\]]\)\@4<='\+/
syntax match mgradEscape contained /\\\%([nt0re\\"']\|u{\x\+}\|x\x\x\|.\)/
syntax region mgradString start=/"/ end=/"/ skip=/\\./ oneline contains=mgradEscape
syntax region mgradString start=/"""/ end=/"""/ skip=/\\./ contains=mgradEscape
syntax region mgradString start=/\%(\k\|[₀-₉)\]']\)\@4<!'/ end=/'/ skip=/\\./ oneline contains=mgradEscape

" {expression:format} in an f-string; {{ and }} are braces.
syntax match mgradBrace contained /{{\|}}/
syntax region mgradInterpolation contained matchgroup=mgradDelimiter start=/{{\@!/ end=/\%(:[^{}"']*\)\=}/ oneline
      \ contains=mgradKeyword,mgradConstant,mgradType,mgradFunction,mgradAttribute,mgradNumber,mgradPrime,mgradOperator
syntax region mgradFString start=/\<f"/ end=/"/ skip=/\\./ oneline contains=mgradEscape,mgradInterpolation,mgradBrace
syntax region mgradFString start=/\<f"""/ end=/"""/ skip=/\\./ contains=mgradEscape,mgradInterpolation,mgradBrace

syntax match mgradComment /#.*/ contains=mgradTodo,@Spell
syntax keyword mgradTodo contained TODO FIXME XXX

highlight default link mgradKeyword Statement
highlight default link mgradConstant Constant
highlight default link mgradType Type
highlight default link mgradFunction Function
highlight default link mgradDefined Identifier
highlight default link mgradAttribute Identifier
highlight default link mgradOperator Operator
highlight default link mgradArrow Operator
highlight default link mgradPrime Special
highlight default link mgradNumber Number
highlight default link mgradString String
highlight default link mgradFString String
highlight default link mgradEscape SpecialChar
highlight default link mgradBrace SpecialChar
highlight default link mgradDelimiter Delimiter
highlight default link mgradComment Comment
highlight default link mgradTodo Todo

let b:current_syntax = 'mgrad'
