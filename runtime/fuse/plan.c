/* SPDX-License-Identifier: MIT */
/* plan.c: the program of a pass: the operands of its instructions, and where every intermediate is kept. */
#include "runtime/fuse/plan.h"

/* What would fill much of the third-level cache. */
enum { FAR_BYTES = 12 << 20 };

/* ---- sources */
static uint8_t new_register(Program *program) {
  return (uint8_t)(FUSE_FIRST_REGISTER + program->registers++);
}

static uint8_t take_register(Plan *plan) {
  return plan->free_count > 0 ? plan->free[--plan->free_count] : new_register(plan->program);
}

static bool same_layout(const Layout *a, const Layout *b) {
  if (a == b) return true;
  if (!layout_same_shape(a, b)) return false;
  for (int axis = 0; axis < a->ndim; axis++)
    if (layout_strides(a)[axis] != layout_strides(b)[axis]) return false;
  return true;
}

static uint8_t source_slot(Plan *plan, const Lazy *leaf) {
  Program *program = plan->program;
  for (int i = 0; i < program->sources; i++) {
    const Feed *known = &program->source[i];
    bool same = known->data == leaf->leaf.data && known->size == dtype_info[leaf->dtype].size;
    if (same && same_layout(known->layout, leaf->layout)) return (uint8_t)i;
  }
  Feed *source = &program->source[program->sources];
  source->data = leaf->leaf.data;
  source->layout = leaf->layout;
  source->size = (uint8_t)dtype_info[leaf->dtype].size;
  source->copy = convert_loop((DType)leaf->dtype, (DType)leaf->dtype);
  source_merge_axes(source, leaf->layout, plan->elements);
  /* Filled before the first instruction of a tile: no register that an earlier instruction has used. */
  if (source->ndim > 1) source->buffer = new_register(program);
  /* What is read piece by piece may leave out most of a panel's rows, again and again. */
  bool panel = !plan->streams && program->panels < FUSE_MOST_PANELS && source_takes_panel(source);
  source->panel = panel ? (int8_t)program->panels++ : -1;
  return (uint8_t)program->sources++;
}

/* ---- instructions */
static int output_slot(const Program *program, const Lazy *lazy) {
  for (int i = 0; i < program->outputs; i++)
    if (program->output[i].lazy == lazy) return FUSE_FIRST_OUTPUT + i;
  return -1;
}

static void add_uses(Plan *plan, const Lazy *lazy, int index) {
  for (int k = 0; k < lazy_input_count(lazy); k++) {
    if (lazy->inputs[k]->kind == LAZY_LEAF) continue;
    int place = lazy->inputs[k]->place;
    if (plan->last_use[place] < index) plan->last_use[place] = index;
    plan->users[place]++;
  }
}

/* The sum of such a binary operation, of a square that of x and x; NULL: it has to be computed first. */
static const FoldBinary *binary_sum(const Lazy *lazy) {
  if (lazy->work != lazy->dtype || (lazy->kind != LAZY_UNARY && lazy->kind != LAZY_BINARY)) return NULL;
  return fold_binary(lazy->op == OP_square ? OP_multiply : (OpId)lazy->op, (DType)lazy->work);
}

static void find_uses(Plan *plan) {
  for (int i = 0; i < plan->count; i++) {
    plan->last_use[i] = i;
    add_uses(plan, plan->order[i], i);
  }
  for (int i = 0; i < plan->count; i++) {
    const Lazy *input = plan->order[i]->kind == LAZY_SUM ? plan->order[i]->inputs[0] : NULL;
    if (!input || input->kind == LAZY_LEAF || plan->users[input->place] > 1) continue;
    plan->summed[input->place] = binary_sum(input) && output_slot(plan->program, input) < 0;
    if (plan->summed[input->place]) add_uses(plan, input, i);
  }
}

/* Every user of numbers in memory has a leaf of its own. */
static bool same_operand(const Lazy *a, const Lazy *b) {
  if (a == b) return true;
  return a->kind == LAZY_LEAF && b->kind == LAZY_LEAF && a->leaf.storage && a->leaf.storage == b->leaf.storage &&
         a->leaf.data == b->leaf.data && a->dtype == b->dtype && same_layout(a->layout, b->layout);
}

/* The first companion of the same elements that has no partner yet; -1: there is none. */
static int find_companion(const Plan *plan, const Lazy *lazy) {
  OpId companion = lazy->kind == LAZY_UNARY ? elementwise_companion((OpId)lazy->op) : OP_none;
  for (int i = 0; companion != OP_none && i < plan->count; i++) {
    const Lazy *other = plan->order[i];
    if (other->kind == LAZY_UNARY && other->op == companion && same_operand(other->inputs[0], lazy->inputs[0]) &&
        other->work == lazy->work && plan->partner[i] == i)
      return i;
  }
  return -1;
}

/* A row and its companion of the same elements are one instruction. */
static void find_partners(Plan *plan) {
  for (int i = 0; i < plan->count; i++) plan->partner[i] = (uint8_t)i;
  for (int i = 0; i < plan->count; i++) {
    int companion = find_companion(plan, plan->order[i]);
    if (companion < 0) continue;
    plan->partner[i] = (uint8_t)companion;
    plan->partner[companion] = (uint8_t)i;
  }
}

static int sum_index(const Program *program, const Lazy *lazy) {
  int index = 0;
  while (program->sum[index].lazy != lazy) index++;
  return index;
}

static void set_loop(Instruction *instruction, const Lazy *lazy) {
  const ElementwiseLoops *loops = elementwise_loops((DType)lazy->work);
  switch ((LazyKind)lazy->kind) {
    case LAZY_UNARY: instruction->loop.unary = loops->unary[lazy->op]; break;
    case LAZY_BINARY: instruction->loop.binary = loops->binary[lazy->op]; break;
    case LAZY_WHERE: instruction->loop.where = where_loop((DType)lazy->dtype); break;
    case LAZY_CONVERT: instruction->loop.convert = convert_loop((DType)lazy->dtype, (DType)lazy->work); break;
    case LAZY_SUM: instruction->loop.fold = fold_kernel(FOLD_SUM)->chunk[lazy->work]; break;
    case LAZY_LEAF: case LAZY_NUMBER: break;
  }
}

/* Registers are free again after the last instruction that reads them; a result never shares one with an operand. */
static void release_registers(Plan *plan, const Lazy *lazy, int index) {
  for (int k = 0; k < lazy_input_count(lazy); k++) {
    const Lazy *input = lazy->inputs[k];
    if (input->kind == LAZY_LEAF || plan->last_use[input->place] != index) continue;
    plan->last_use[input->place] = -1;
    if (plan->slot[input->place] >= FUSE_FIRST_REGISTER) plan->free[plan->free_count++] = plan->slot[input->place];
  }
}

static uint8_t result_slot(Plan *plan, int index) {
  int output = output_slot(plan->program, plan->order[index]);
  return plan->slot[index] = output >= 0 ? (uint8_t)output : take_register(plan);
}

/* At the first of the two. */
static void emit_pair(Plan *plan, Instruction *instruction, int index) {
  const Lazy *lazy = plan->order[index];
  int first = elementwise_companion((OpId)lazy->op) != OP_none ? index : plan->partner[index];
  instruction->pair = true;
  instruction->loop.pair = elementwise_loops((DType)lazy->work)->pair[plan->order[first]->op];
  instruction->out = result_slot(plan, first);
  instruction->second = result_slot(plan, plan->partner[first]);
}

/* `lazy`: whose operands they are. */
static void set_operands(Plan *plan, Instruction *instruction, const Lazy *lazy) {
  for (int k = 0; k < lazy_input_count(lazy); k++) {
    const Lazy *input = lazy->inputs[k];
    instruction->in[k] = input->kind == LAZY_LEAF ? source_slot(plan, input) : plan->slot[input->place];
  }
  if (lazy_input_count(lazy) == 1) instruction->in[1] = instruction->in[0];
}

static void emit_sum(Plan *plan, Instruction *instruction, const Lazy *lazy, int index) {
  const Lazy *input = lazy->inputs[0];
  instruction->out = (uint8_t)sum_index(plan->program, lazy);
  instruction->binary = input->kind != LAZY_LEAF && plan->summed[input->place];
  if (instruction->binary) instruction->loop.binary_sum = binary_sum(input);
  const Lazy *operands_of = instruction->binary ? input : lazy;
  set_operands(plan, instruction, operands_of);
  release_registers(plan, operands_of, index);
}

static void emit(Plan *plan, int index) {
  Program *program = plan->program;
  Lazy *lazy = plan->order[index];
  if (plan->summed[index]) return;
  if (plan->partner[index] < index) {
    release_registers(plan, lazy, index);
    return;
  }
  /* During a costly instruction memory has time to answer. */
  program->fetches |= !plan_is_light(lazy);
  Instruction *instruction = &program->instruction[program->instructions++];
  *instruction = (Instruction){.kind = lazy->kind, .size = (uint8_t)dtype_info[lazy->dtype].size};
  set_loop(instruction, lazy);
  if (lazy->kind == LAZY_SUM) {
    emit_sum(plan, instruction, lazy, index);
    return;
  }
  set_operands(plan, instruction, lazy);
  if (plan->partner[index] != index) emit_pair(plan, instruction, index);
  else instruction->out = result_slot(plan, index);
  release_registers(plan, lazy, index);
}

/* Rough nanoseconds per element: for deciding whether threads are worth it. */
static double cost_of(const Plan *plan) {
  double cost = 0.2;
  for (int i = 0; i < plan->count; i++) cost += plan_is_light(plan->order[i]) ? 0.1 : 1.5;
  return cost;
}

static bool is_far(const Program *program) {
  int64_t bytes = 0;
  for (int i = 0; i < program->outputs; i++) bytes += program->elements * program->output[i].size;
  return bytes >= FAR_BYTES;
}

/* As many elements as fit a register; whole chunks of sums, since sizes of types are powers of two. */
static int64_t tile_of(const Program *program) {
  int widest = FUSE_TILE_BYTES / FUSE_MOST_TILE;
  for (int i = 0; i < program->sources; i++)
    if (program->source[i].size > widest) widest = program->source[i].size;
  for (int i = 0; i < program->instructions; i++)
    if (program->instruction[i].size > widest) widest = program->instruction[i].size;
  return FUSE_TILE_BYTES / widest;
}

static bool plan_pass(Lazy *target, bool streams, bool alone) {
  Plan plan = {.program = target->runtime->program, .elements = lazy_elements(target), .streams = streams};
  Program *program = plan.program;
  plan.epoch = ++target->runtime->fuse_epoch;
  program->elements = plan.elements->size;
  program->instructions = program->sources = program->outputs = program->sums = program->registers =
      program->panels = 0;
  plan_choose(&plan, target, alone);
  program->stream = -1;
  plan_choose_outputs(&plan, target);
  program->fetches = streams; /* pieces far apart: the processor does not see what comes */
  program->far = !streams && is_far(program);
  program->element_cost = cost_of(&plan);
  find_uses(&plan);
  find_partners(&plan);
  int done = 0;
  while (done < plan.count && program->registers <= FUSE_MOST_REGISTERS - 5) emit(&plan, done++);
  program->tile = tile_of(program);
  program->last = program->stream >= 0 && plan.order[plan.count - 1] == target ? binary_sum(target) : NULL;
  return done == plan.count;
}

void program_plan(Lazy *target, bool streams) {
  if (!plan_pass(target, streams, false)) plan_pass(target, streams, true);
}
