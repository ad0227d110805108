" SPDX-License-Identifier: MIT
" mgrad.vim: comments, indentation, imported files, and :make, which parses the file.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:# commentstring=#\ %s formatoptions-=t
setlocal expandtab shiftwidth=2 softtabstop=2 autoindent smartindent cinkeys-=0# indentkeys-=0#
setlocal suffixesadd=.mg include=^\\s*import\\s*["']
let &l:makeprg = 'mgrad --check ' . (has('win32') ? '"%"' : '%:S')
setlocal errorformat=%f:%l:%c:\ error:\ %m

let b:undo_ftplugin = 'setlocal comments< commentstring< formatoptions< expandtab< shiftwidth< softtabstop<'
      \ . ' autoindent< smartindent< cinkeys< indentkeys< suffixesadd< include< makeprg< errorformat<'
