" SPDX-License-Identifier: MIT
" mgrad.vim: files of mgrad are known by their suffix, which Vim takes for Modula-3 by itself, or by their first line.
autocmd BufNewFile,BufRead *.mg set filetype=mgrad
autocmd BufNewFile,BufRead * if getline(1) =~# '^#!.*\<mgrad\>' | setfiletype mgrad | endif
