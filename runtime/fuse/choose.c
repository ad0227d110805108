/* SPDX-License-Identifier: MIT */
/* choose.c: what is computed in one pass, in which order, and what of it is written. */
#include "runtime/fuse/plan.h"

enum { MOST_CANDIDATES = 64, MOST_ROOTS = FUSE_MOST_OUTPUTS / 2 };
/* What stays in the second-level cache. */
enum { NEAR_BYTES = 1 << 20 };

/* ---- what to compute */
bool plan_is_light(const Lazy *lazy) {
  bool elementwise = lazy->kind == LAZY_UNARY || lazy->kind == LAZY_BINARY;
  return !elementwise || op_table[lazy->op].type == OP_TYPE_LOGIC || op_table[lazy->op].light;
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

/* Other results that somebody waits for, since nothing has been made of them, and that are partly made of the same
   intermediates: the gradients of one loss, and the loss itself. */
static void add_relatives(Plan *plan, const Lazy *target) {
  int left = MOST_CANDIDATES;
  for (Lazy *lazy = target->runtime->pending; lazy && left > 0; lazy = lazy->next, left--) {
    bool end = lazy->references == 1 && !lazy->used && lazy->mark != plan->epoch &&
               !(plan->streams && !lazy_is_elementwise(lazy));
    if (end && has_room(plan, lazy) && layout_same_shape(lazy_elements(lazy), plan->elements) &&
        shares_work(plan, lazy, ++target->runtime->fuse_epoch))
      add_root(plan, lazy);
  }
}

void plan_choose(Plan *plan, Lazy *target, bool alone) {
  add_root(plan, target);
  if (!alone) add_relatives(plan, target);
}

/* ---- what to write */
/* Putting tiles together of lines so short costs as much as an expensive operation. */
static bool is_put_together(const Lazy *leaf, const Layout *elements) {
  enum { SHORT_LINE = 32 };
  Feed source; /* its axes alone */
  source.size = (uint8_t)dtype_info[leaf->dtype].size;
  source_merge_axes(&source, leaf->layout, elements);
  return source.ndim > 1 && source.sizes[source.ndim - 1] < SHORT_LINE;
}

static bool is_heavy(const Lazy *lazy) {
  bool heavy = !plan_is_light(lazy);
  for (int k = 0; k < lazy_input_count(lazy); k++) {
    const Lazy *input = lazy->inputs[k];
    heavy |= input->kind == LAZY_LEAF ? is_put_together(input, lazy_elements(lazy)) : input->heavy;
  }
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

/* After so many passes a result that is computed again and again is worth writing: soon where it stays in the
   second-level cache, later where it may be an intermediate of one gradient that goes through memory. */
static int most_passes(const Lazy *lazy) {
  return lazy->layout->size * (int64_t)dtype_info[lazy->dtype].size <= NEAR_BYTES ? 2 : 4;
}

typedef enum Keeping { KEEP_NOT, KEEP_AGAIN, KEEP_ALWAYS } Keeping;

/* Whatever somebody holds is written if it would be expensive to compute again, or if it has been, often. */
static Keeping keeping_of(Lazy *lazy) {
  enum { MORE_PASSES = 2 }; /* after these it is written even if nobody is known to ask again */
  int most = most_passes(lazy);
  if (!lazy->owner) return KEEP_NOT;
  if (lazy->passes < most + MORE_PASSES) lazy->passes++;
  if (lazy_is_spread(lazy)) return KEEP_NOT;
  if (lazy->heavy) return KEEP_ALWAYS;
  if (lazy->passes < most) return KEEP_NOT;
  return lazy->passes < most + MORE_PASSES ? KEEP_AGAIN : KEEP_ALWAYS;
}

enum { MOST_KEPT = FUSE_MOST_OUTPUTS - MOST_ROOTS };

/* Returns how many are kept always; what may be left out again is not counted yet. */
static int choose_kept(Plan *plan) {
  int held = 0;
  for (int i = 0; i < plan->count; i++) {
    Lazy *lazy = plan->order[i];
    lazy->heavy = is_heavy(lazy);
    Keeping keeping = lazy->kind == LAZY_SUM ? KEEP_NOT : keeping_of(lazy);
    if (keeping == KEEP_ALWAYS && held++ >= MOST_KEPT) keeping = KEEP_NOT;
    plan->kept[i] = (uint8_t)keeping;
    if (keeping || lazy->root) lazy->heavy = false;
  }
  return held;
}

/* What has no users but those of this pass, and these are written or have no others either, need not be kept: probably
   nobody will ask again. */
static void leave_out_operands(Plan *plan) {
  uint32_t done[FUSE_MOST_INSTRUCTIONS] = {0}; /* users that will not ask again */
  for (int i = plan->count - 1; i >= 0; i--) {
    const Lazy *lazy = plan->order[i];
    bool is_done = lazy->root || lazy->references - (lazy->owner != NULL) == done[i];
    if (plan->kept[i] == KEEP_AGAIN && !lazy->root && is_done) plan->kept[i] = KEEP_NOT;
    if (!plan->kept[i] && !is_done) continue;
    for (int k = 0; k < lazy_input_count(lazy); k++)
      if (lazy->inputs[k]->kind != LAZY_LEAF) done[lazy->inputs[k]->place]++;
  }
}

/* `held`: how many outputs are taken. */
static void limit_kept(Plan *plan, int held) {
  for (int i = 0; i < plan->count; i++)
    if (plan->kept[i] == KEEP_AGAIN && held++ >= MOST_KEPT) plan->kept[i] = KEEP_NOT;
}

/* The roots, and what is worth keeping.  A target that is read piece by piece is written only in the second case. */
void plan_choose_outputs(Plan *plan, const Lazy *target) {
  Program *program = plan->program;
  int held = choose_kept(plan);
  leave_out_operands(plan);
  limit_kept(plan, held);
  for (int i = 0; i < plan->count; i++) {
    Lazy *lazy = plan->order[i];
    if (lazy->kind == LAZY_SUM) {
      program->sum[program->sums++] = (Sum){lazy, (double *)(void *)place_of(lazy) + 1};
      continue;
    }
    if (!plan->kept[i] && !lazy->root) continue;
    if (lazy == target) program->target = program->outputs;
    add_output(program, lazy, plan->streams && lazy == target && !plan->kept[i]);
  }
}
