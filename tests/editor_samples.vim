" SPDX-License-Identifier: MIT
" editor_samples.vim: checks the syntax files on every line of editor_samples.tsv; run by editors.sh.
let s:failed = 0
let s:passed = 0
let s:report = []

function s:Check(good, text)
  if a:good
    let s:passed += 1
  else
    let s:failed += 1
    call add(s:report, a:text)
  endif
endfunction

function s:GroupAt(column)
  let group = synIDattr(synID(1, a:column, 1), 'name')
  return empty(group) ? '-' : group
endfunction

for s:line in readfile('tests/editor_samples.tsv')
  if s:line =~# '^# '
    continue
  endif
  let [s:code, s:part, s:group, s:scope] = split(s:line, "\t", 1)
  enew!
  call setline(1, s:code)
  setfiletype mgrad
  syntax sync fromstart
  let s:at = stridx(s:code, s:part)
  for s:column in range(s:at + 1, s:at + len(s:part))
    let s:got = s:GroupAt(s:column)
    call s:Check(s:got ==# s:group || (s:got ==# 'mgradEscape' && s:column > s:at + 1), printf('vim: column %d of `%s` is %s, expected %s', s:column, s:code, s:got, s:group))
  endfor
endfor

" Every word of the program is highlighted: one that Vim takes for an option of :syntax would be lost.
for s:word in readfile($MGRAD_WORDS)
  enew!
  call setline(1, s:word)
  setfiletype mgrad
  call s:Check(s:GroupAt(1) !=# '-', 'vim: `' . s:word . '` is not highlighted')
endfor

edit! examples/tour.mg
call s:Check(&filetype ==# 'mgrad', 'vim: a .mg file has the type ' . &filetype)
call s:Check(&commentstring ==# '# %s' && &shiftwidth == 2, 'vim: the settings of the file type')
call s:Check(s:GroupAt(1) ==# 'mgradComment', 'vim: the first line of a script')
call writefile(s:report + [printf('%d passed, %d failed', s:passed, s:failed)], $MGRAD_REPORT)
qall!
