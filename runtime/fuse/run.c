/* SPDX-License-Identifier: MIT */
/* run.c: runs a pass tile by tile. */
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/threads.h"
#include "runtime/fuse/program.h"
#include "runtime/kernels/far.h"
#include "runtime/kernels/fetch.h"

/* ---- workers */
/* The one of the thread that runs this, made ready for the pass. */
static Worker *start_worker(Program *program) {
  Worker *worker = program->worker[threads_self()];
  worker->program = program;
  for (int i = 0; i < program->registers; i++) worker->slots[FUSE_FIRST_REGISTER + i].data = worker->registers[i];
  for (int i = 0; i < program->panels; i++) worker->panels[i].start = worker->panels[i].end = 0;
  return worker;
}

static bool add_worker(Program *program) {
  Worker *worker = memory_allocate_data(sizeof *worker);
  if (!worker) return false;
  program->worker[program->workers++] = worker;
  return true;
}

/* Every thread that may take part has a worker of its own; without the memory for them one thread does it all. */
static bool has_workers(Program *program) {
  while (program->workers < threads_count())
    if (!add_worker(program)) return false;
  return true;
}

/* ---- sums */
static void start_sum(const Program *program, SumTree *sum) {
  fold_tree_start(&sum->tree, program->merge, 1, sum->levels);
}

static double total_of(SumTree *sum) {
  FoldNumber total;
  fold_tree_finish(&sum->tree, &total);
  return total.real;
}

static FoldOperand operand_of(const Slot *slot) {
  return (FoldOperand){slot->data, slot->stride, 0};
}

static void fold_tile(FoldTree *tree, const Instruction *instruction, const Slot *x, const Slot *y, int64_t count) {
  if (instruction->binary) fold_tree_add_two(tree, instruction->loop.binary_sum, operand_of(x), operand_of(y), count);
  else fold_tree_add(tree, instruction->loop.fold, x->data, x->stride, count);
}

/* ---- tiles */
static void run_pair(Worker *worker, const Instruction *instruction, int64_t count) {
  const Slot *in = &worker->slots[instruction->in[0]];
  Slot *second = &worker->slots[instruction->second];
  instruction->loop.pair(worker->slots[instruction->out].data, second->data, in->data, in->stride, count);
  second->stride = instruction->size;
}

static void run_instruction(Worker *worker, const Instruction *instruction, int64_t count) {
  Slot *out = &worker->slots[instruction->out];
  const Slot *a = &worker->slots[instruction->in[0]], *b = &worker->slots[instruction->in[1]];
  const Slot *c = &worker->slots[instruction->in[2]];
  switch ((LazyKind)instruction->kind) {
    case LAZY_UNARY:
      if (instruction->pair) run_pair(worker, instruction, count);
      else instruction->loop.unary(out->data, a->data, a->stride, count);
      break;
    case LAZY_BINARY: instruction->loop.binary(out->data, a->data, a->stride, b->data, b->stride, count); break;
    case LAZY_WHERE: {
      char *const data[] = {out->data, a->data, b->data, c->data};
      const int64_t strides[] = {instruction->size, a->stride, b->stride, c->stride};
      instruction->loop.where(data, strides, count);
      break;
    }
    case LAZY_CONVERT: instruction->loop.convert(out->data, instruction->size, a->data, a->stride, count); break;
    case LAZY_SUM:
      fold_tile(&worker->sums[instruction->out].tree, instruction, a, b, count);
      return;
    case LAZY_LEAF: case LAZY_NUMBER: break;
  }
  out->stride = instruction->size;
}

static char *place_of(const Output *output, int64_t start) {
  return output->data + start * output->size;
}

/* Which bytes of a tile, in whole cache lines, are share number `index` of so many. */
typedef struct Share { int64_t start, length; } Share;

static Share share_of(int64_t bytes, int index, int shares) {
  int64_t lines = (bytes + CACHE_LINE - 1) / CACHE_LINE, start = lines * index / shares;
  return (Share){start * CACHE_LINE, (lines * (index + 1) / shares - start) * CACHE_LINE};
}

/* What is read and written later is fetched meanwhile, a share before every instruction: a processor keeps track of few
   lines that are on their way, and waits if it is asked for more. */
static void fetch_share(const Program *program, int64_t start, int64_t count, int index, int shares) {
  if (start < 0 || start + count > program->elements) return;
  for (int i = 0; i < program->sources; i++) {
    const Feed *source = &program->source[i];
    Share share = share_of(count * source->size, index, shares);
    if (source->ndim == 1 && source->strides[0] == source->size)
      fetch_ahead(source->data + start * source->size + share.start, share.length);
  }
  for (int i = 0; i < program->outputs && !program->far; i++) {
    Share share = share_of(count * program->output[i].size, index, shares);
    if (i != program->stream) fetch_to_write(place_of(&program->output[i], start) + share.start, share.length);
  }
}

static void bind_outputs(Worker *worker, int64_t start) {
  const Program *program = worker->program;
  for (int i = 0; i < program->outputs; i++)
    worker->slots[FUSE_FIRST_OUTPUT + i].data = i == program->stream ? worker->room
                                           : program->far       ? worker->results[i]
                                                                : place_of(&program->output[i], start);
}

static void write_far(Worker *worker, int64_t start, int64_t count) {
  const Program *program = worker->program;
  for (int i = 0; i < program->outputs; i++)
    if (i != program->stream)
      copy_far(place_of(&program->output[i], start), worker->results[i], count * program->output[i].size);
}

/* The first so many instructions.  `next`: where a tile that comes soon starts, probably. */
static void run_instructions(Worker *worker, int instructions, int64_t start, int64_t count, int64_t next) {
  const Program *program = worker->program;
  for (int i = 0; i < program->sources; i++) source_bind(worker, i, start, count);
  bind_outputs(worker, start);
  if (program->fetches && instructions == 0) fetch_share(program, next, count, 0, 1);
  for (int i = 0; i < instructions; i++) {
    if (program->fetches) fetch_share(program, next, count, i, instructions);
    run_instruction(worker, &program->instruction[i], count);
  }
}

static void run_tile(Worker *worker, int64_t start, int64_t count, int64_t next) {
  const Program *program = worker->program;
  run_instructions(worker, program->instructions, start, count, next);
  if (program->far) write_far(worker, start, count);
}

/* One chunk of the work that threads share. */
static void run_block(void *context, int64_t block) {
  Program *program = context;
  Worker *worker = start_worker(program);
  for (int i = 0; i < program->sums; i++) start_sum(program, &worker->sums[i]);
  int64_t end = (block + 1) * FUSE_BLOCK < program->elements ? (block + 1) * FUSE_BLOCK : program->elements;
  for (int64_t start = block * FUSE_BLOCK, tile = program->tile; start < end; start += tile)
    run_tile(worker, start, smaller_of(end - start, tile), start + FUSE_FETCH_TILES * tile);
  if (program->far) finish_far();
  for (int i = 0; i < program->sums; i++)
    program->sum[i].partial[block] = total_of(&worker->sums[i]);
}

static int64_t block_count(int64_t elements) {
  return (elements + FUSE_BLOCK - 1) / FUSE_BLOCK;
}

/* ---- the pass */
static void finish_sum(const Program *program, const Sum *sum) {
  SumTree all;
  int64_t blocks = block_count(program->elements);
  start_sum(program, &all);
  for (int64_t i = 0; i < blocks; i++) {
    fold_tree_top(&all.tree)->real = sum->partial[i];
    fold_tree_push(&all.tree);
  }
  double total = total_of(&all), result = sum->lazy->divisor == 1 ? total : total / sum->lazy->divisor;
  lazy_write_number(sum->lazy, result);
}

static bool run_alone(Program *program, int64_t blocks) {
  for (int64_t block = 0; block < blocks && !interrupt_seen(); block++) run_block(program, block);
  return !interrupt_seen();
}

/* False: interrupted, recorded. */
static bool run_program(Program *program) {
  int64_t blocks = block_count(program->elements);
  int64_t elements = program->elements < FUSE_BLOCK ? program->elements : FUSE_BLOCK;
  double nanoseconds = program->element_cost * (double)elements;
  program->merge = fold_kernel(FOLD_SUM)->merge_real;
  bool done = has_workers(program) ? threads_run(blocks, nanoseconds, run_block, program) : run_alone(program, blocks);
  if (!done) return runtime_interrupted(program->runtime), false;
  for (int i = 0; i < program->sums; i++) finish_sum(program, &program->sum[i]);
  return true;
}

size_t program_sum_bytes(const Layout *elements) {
  return sizeof(double) * (size_t)(1 + block_count(elements->size));
}

bool fuse_start(Runtime *runtime, int64_t least) {
  Program *program = memory_allocate(sizeof *program);
  if (!program) return runtime_out_of_memory(runtime), false;
  program->runtime = runtime;
  program->workers = 0;
  runtime->program = program;
  runtime->fuse_least = least;
  return add_worker(program) || runtime_out_of_memory(runtime);
}

void fuse_free(Runtime *runtime) {
  Program *program = runtime->program;
  if (!program) return;
  for (int i = 0; i < program->workers; i++) memory_release_data(program->worker[i], sizeof(Worker));
  memory_release(program, sizeof *program);
  runtime->program = NULL;
}

static void settle(Program *program) {
  for (int i = 0; i < program->outputs; i++)
    if (i != program->stream) lazy_settle(program->output[i].lazy);
  for (int i = 0; i < program->sums; i++) lazy_settle(program->sum[i].lazy);
}

bool fuse_compute(Lazy *lazy) {
  if (lazy->kind == LAZY_NUMBER) return lazy_compute_number(lazy);
  Program *program = lazy->runtime->program;
  program_plan(lazy, false);
  if (!run_program(program)) return false;
  settle(program);
  return true;
}

/* ---- piece by piece */
FusePass *fuse_open(const Tensor *x) {
  Lazy *lazy = tensor_is_pending(x) ? x->storage->pending : NULL;
  if (!lazy || !lazy_is_elementwise(lazy) || !has_workers(lazy->runtime->program)) return NULL;
  program_plan(lazy, true);
  return lazy->runtime->program;
}

double fuse_pass_cost(const FusePass *pass) {
  return pass->element_cost;
}

int64_t fuse_piece(const FusePass *pass) {
  return pass->tile;
}

bool fuse_may_stop(const FusePass *pass) {
  return pass->sums == 0 && pass->stream >= 0 && pass->outputs == 1;
}

FuseReader *fuse_reader(FusePass *pass) {
  return start_worker(pass);
}

char *fuse_room(FuseReader *reader) {
  return reader->block;
}

const void *fuse_read(FuseReader *reader, int64_t start, int64_t count, int64_t next, void *room) {
  const Program *program = reader->program;
  reader->room = room;
  run_tile(reader, start, count, next);
  if (program->stream >= 0) return room;
  return program->output[program->target].data + start * program->output[program->target].size;
}

const FoldBinary *fuse_last(const FusePass *pass) {
  return pass->last;
}

void fuse_read_line(FuseReader *reader, int64_t start, int64_t count, int64_t next, FoldOperand *x, FoldOperand *y) {
  const Program *program = reader->program;
  const Instruction *last = &program->instruction[program->instructions - 1];
  run_instructions(reader, program->instructions - 1, start, count, next);
  *x = operand_of(&reader->slots[last->in[0]]);
  *y = operand_of(&reader->slots[last->in[1]]);
}

bool fuse_read_rows(FuseReader *reader, int64_t start, int64_t width, int64_t rows, int64_t way, FoldOperand *x,
                    FoldOperand *y) {
  const Program *program = reader->program;
  if (program->instructions > 1) return false;
  const uint8_t *in = program->instruction[0].in;
  return source_rows(&program->source[in[0]], start, width, rows, way, x) &&
         source_rows(&program->source[in[1]], start, width, rows, way, y);
}

void fuse_close(FusePass *pass) {
  if (pass->stream >= 0) pass->output[pass->stream].lazy->used = true;
  settle(pass);
}
