/* SPDX-License-Identifier: MIT */
/* plan.c: what is computed in one pass, in which order, and where every intermediate is kept. */
#include "runtime/fuse/program.h"

enum { MOST_CANDIDATES = 64, MOST_ROOTS = FUSE_MOST_OUTPUTS / 2 };
/* What stays in the second-level cache, and what would fill much of the third. */
enum { NEAR_BYTES = 1 << 20, FAR_BYTES = 12 << 20 };

typedef struct Plan {
  Program *program;
  const Layout *elements;
  uint64_t epoch;
  bool streams;
  int count, roots, leaves, strided;
  Lazy *order[FUSE_MOST_INSTRUCTIONS];     /* operands before what is made of them */
  int last_use[FUSE_MOST_INSTRUCTIONS];    /* index of the last instruction that reads it */
  int users[FUSE_MOST_INSTRUCTIONS];       /* how many read it */
  bool summed[FUSE_MOST_INSTRUCTIONS];     /* it is computed by the sum that is its only user */
  uint8_t slot[FUSE_MOST_INSTRUCTIONS];
  uint8_t kept[FUSE_MOST_INSTRUCTIONS];    /* Keeping */
  uint8_t partner[FUSE_MOST_INSTRUCTIONS]; /* index of what the same instruction computes; itself: nothing */
  int free_count;
  uint8_t free[FUSE_MOST_REGISTERS];
} Plan;

/* ---- what to compute */
/* Operations that cost less than reading their result from memory would. */
static bool is_light(const Lazy *lazy) {
  if (lazy->kind != LAZY_UNARY && lazy->kind != LAZY_BINARY) return true;
  if (op_table[lazy->op].type == OP_TYPE_LOGIC) return true;
  switch (lazy->op) {
    case OP_add: case OP_subtract: case OP_multiply: case OP_divide: case OP_negative: case OP_positive: case OP_square:
    case OP_absolute: case OP_fabs: case OP_sign: case OP_maximum: case OP_minimum: case OP_fmax: case OP_fmin:
    case OP_relu: case OP_greater_share: case OP_part: case OP_blanked: case OP_reciprocal: case OP_sqrt:
    case OP_deg2rad: case OP_rad2deg:
      return true;
    default: return false;
  }
}

static void add(Plan *plan, Lazy *lazy) {
  if (lazy->kind == LAZY_LEAF || lazy->mark == plan->epoch) return;
  for (int i = 0; i < lazy_input_count(lazy); i++) add(plan, lazy->inputs[i]);
  lazy->mark = plan->epoch;
  lazy->root = false;
  lazy->place = plan->count;
  plan->order[plan->count++] = lazy;
}

static void add_root(Plan *plan, Lazy *lazy) {
  plan->roots++;
  plan->leaves += lazy->leaves;
  plan->strided += lazy->strided;
  add(plan, lazy);
  lazy->root = true;
}

/* `search`: a number of its own, so that nothing is looked at twice. */
static bool shares_work(const Plan *plan, Lazy *lazy, uint64_t search) {
  if (lazy->kind == LAZY_LEAF || lazy->searched == search) return false;
  if (lazy->mark == plan->epoch) return true;
  lazy->searched = search;
  for (int i = 0; i < lazy_input_count(lazy); i++)
    if (shares_work(plan, lazy->inputs[i], search)) return true;
  return false;
}

static bool has_room(const Plan *plan, const Lazy *lazy) {
  return plan->roots < MOST_ROOTS && plan->count + lazy->operations <= FUSE_MOST_INSTRUCTIONS &&
         plan->leaves + lazy->leaves <= FUSE_MOST_SOURCES &&
         plan->strided + lazy->strided <= LAZY_MOST_STRIDED;
}

/* Other results that somebody waits for and that are partly made of the same intermediates: the gradients of one loss,
   and the loss itself. */
static void add_relatives(Plan *plan, const Lazy *target) {
  int left = MOST_CANDIDATES;
  for (Lazy *lazy = target->runtime->pending; lazy && left > 0; lazy = lazy->next, left--) {
    bool end = lazy->references == 1 && lazy->mark != plan->epoch && !(plan->streams && !lazy_is_elementwise(lazy));
    if (end && has_room(plan, lazy) && layout_same_shape(lazy_elements(lazy), plan->elements) &&
        shares_work(plan, lazy, ++target->runtime->fuse_epoch))
      add_root(plan, lazy);
  }
}

static bool is_heavy(const Lazy *lazy) {
  bool heavy = !is_light(lazy);
  for (int k = 0; k < lazy_input_count(lazy); k++)
    heavy |= lazy->inputs[k]->kind != LAZY_LEAF && lazy->inputs[k]->heavy;
  return heavy;
}

static char *place_of(Lazy *lazy) {
  if (!lazy->placed) storage_place(lazy->owner);
  lazy->placed = true;
  return lazy->owner->data;
}

static void add_output(Program *program, Lazy *lazy, bool stream) {
  if (stream) program->stream = program->outputs;
  char *data = stream ? NULL : place_of(lazy);
  program->output[program->outputs++] = (Output){lazy, data, (uint8_t)dtype_info[lazy->dtype].size};
}

/* After so many passes a result that is computed again and again is written: at once where it stays in the second-level
   cache, later where it may be an intermediate of one gradient that goes through memory. */
static int most_passes(const Lazy *lazy) {
  return lazy->layout->size * (int64_t)dtype_info[lazy->dtype].size <= NEAR_BYTES ? 2 : 4;
}

typedef enum Keeping { KEEP_NOT, KEEP_AGAIN, KEEP_ALWAYS } Keeping;

/* Whatever somebody holds is written if it would be expensive to compute again, or if it has been, often. */
static Keeping keeping_of(Lazy *lazy) {
  if (!lazy->owner) return KEEP_NOT;
  if (lazy->passes < most_passes(lazy)) lazy->passes++;
  if (lazy->heavy) return KEEP_ALWAYS;
  return lazy->passes == most_passes(lazy) && !lazy_is_spread(lazy) ? KEEP_AGAIN : KEEP_NOT;
}

static void choose_kept(Plan *plan) {
  int held = 0;
  for (int i = 0; i < plan->count; i++) {
    Lazy *lazy = plan->order[i];
    lazy->heavy = is_heavy(lazy);
    Keeping keeping = lazy->kind == LAZY_SUM ? KEEP_NOT : keeping_of(lazy);
    plan->kept[i] = (uint8_t)(keeping && held++ < FUSE_MOST_OUTPUTS - MOST_ROOTS ? keeping : KEEP_NOT);
    if (plan->kept[i] || lazy->root) lazy->heavy = false;
  }
}

static bool is_streamed(const Plan *plan, const Lazy *target, int index) {
  return plan->streams && plan->order[index] == target && !plan->kept[index];
}

/* What is written, or summed up, does not ask for its operands again: without other users these need not be kept. */
static void leave_out_operands(Plan *plan, const Lazy *target) {
  uint32_t done[FUSE_MOST_INSTRUCTIONS] = {0}; /* users that will not ask again */
  for (int i = plan->count - 1; i >= 0; i--) {
    const Lazy *lazy = plan->order[i];
    if (plan->kept[i] == KEEP_AGAIN && !lazy->root && lazy->references - 1 == done[i]) plan->kept[i] = KEEP_NOT;
    if ((!plan->kept[i] && !lazy->root) || is_streamed(plan, target, i)) continue;
    for (int k = 0; k < lazy_input_count(lazy); k++)
      if (lazy->inputs[k]->kind != LAZY_LEAF) done[lazy->inputs[k]->place]++;
  }
}

/* What is written: the roots, and what is worth keeping.  A target that is read piece by piece is written only in the
   second case. */
static void choose_outputs(Plan *plan, const Lazy *target) {
  Program *program = plan->program;
  choose_kept(plan);
  leave_out_operands(plan, target);
  for (int i = 0; i < plan->count; i++) {
    Lazy *lazy = plan->order[i];
    if (lazy->kind == LAZY_SUM) {
      program->sum[program->sums++] = (Sum){lazy, (double *)(void *)place_of(lazy) + 1};
      continue;
    }
    if (!plan->kept[i] && !lazy->root) continue;
    if (lazy == target) program->target = program->outputs;
    add_output(program, lazy, is_streamed(plan, target, i));
  }
}

/* ---- sources */
static int merge_axes(Feed *source, const Layout *of, const Layout *elements) {
  int ndim = 0, missing = elements->ndim - of->ndim;
  source->strides[0] = 0;
  for (int i = 0; i < elements->ndim; i++) {
    int64_t size = layout_shape(elements)[i];
    if (size == 1) continue;
    bool repeated = i < missing || layout_shape(of)[i - missing] == 1;
    int64_t stride = repeated ? 0 : layout_strides(of)[i - missing] * source->size;
    if (ndim > 0 && source->strides[ndim - 1] == stride * size) {
      source->sizes[ndim - 1] *= size;
      source->strides[ndim - 1] = stride;
    } else {
      source->sizes[ndim] = size;
      source->strides[ndim++] = stride;
    }
  }
  return ndim > 0 ? ndim : 1;
}

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
  source->ndim = (uint8_t)merge_axes(source, leaf->layout, plan->elements);
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

/* The first companion of the same elements that has no partner yet; -1: there is none. */
static int find_companion(const Plan *plan, const Lazy *lazy) {
  OpId companion = lazy->kind == LAZY_UNARY ? elementwise_companion((OpId)lazy->op) : OP_none;
  for (int i = 0; companion != OP_none && i < plan->count; i++) {
    const Lazy *other = plan->order[i];
    if (other->kind == LAZY_UNARY && other->op == companion && other->inputs[0] == lazy->inputs[0] &&
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
  instruction->loop.pair = elementwise_loops((DType)lazy->work)->tanh_slope;
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
  if (program->fetch_at < 0 && !is_light(lazy)) program->fetch_at = program->instructions;
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
  for (int i = 0; i < plan->count; i++) cost += is_light(plan->order[i]) ? 0.1 : 1.5;
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
  add_root(&plan, target);
  if (!alone) add_relatives(&plan, target);
  program->stream = program->fetch_at = -1;
  choose_outputs(&plan, target);
  program->far = !streams && is_far(program);
  program->element_cost = cost_of(&plan);
  find_uses(&plan);
  find_partners(&plan);
  int done = 0;
  while (done < plan.count && program->registers <= FUSE_MOST_REGISTERS - 5) emit(&plan, done++);
  program->tile = tile_of(program);
  program->last = program->stream >= 0 && plan.order[plan.count - 1] == target ? binary_sum(target) : NULL;
  /* Pieces far apart: the processor does not see what comes. */
  if (streams && program->fetch_at < 0) program->fetch_at = 0;
  return done == plan.count;
}

void program_plan(Lazy *target, bool streams) {
  if (!plan_pass(target, streams, false)) plan_pass(target, streams, true);
}
