/* SPDX-License-Identifier: MIT */
/* node.c: making nodes, and freeing them without recursion and without memory. */
#include "autodiff/variable.h"
#include "base/memory.h"
#include "runtime/displaced.h"

/* ---- making */
static inline Node *new_node(Graph *graph, OpId op) {
  Node *node = memory_pool_take(sizeof *node);
  if (!node) return runtime_out_of_memory(graph->runtime);
  node->tensor.references = 1;
  node->tensor.flags = TENSOR_TRACKED;
  node->tensor.op = (uint16_t)op;
  node->sequence = ++graph->sequence;
  node->inputs[0] = node->inputs[1] = NULL;
  node->attributes = NULL;
  node->span = graph->span;
  node->holder = NULL;
  node->slot = node->stands_in = 0;
  node->epoch = 0;
  return node;
}

static void tell_stand_in(Node *node) {
  bool all = true;
  for (int i = node_input_count(node) - 1; i >= 0; i--) {
    const Tensor *input = node_peek_input(node, i);
    all = all && (!input || !tensor_is_tracked(input) || node_of(input)->stands_in);
  }
  node->stands_in = all;
}

/* A node that has its inputs. */
static inline Node *with_mark(const Graph *graph, Node *node) {
  if (graph->marking) tell_stand_in(node);
  return node;
}

Node *node_new_leaf(Graph *graph, Tensor *value) {
  Node *node = new_node(graph, OP_none);
  if (node) tensor_take_value(&node->tensor, value);
  return node;
}

static size_t list_bytes(intptr_t count) {
  return (size_t)count * sizeof(Tensor *);
}

/* More than two inputs, or absent ones, which two bare pointers could not tell from a shorter list. */
static bool needs_list(int count, Tensor *const *inputs) {
  return count > 2 || (count > 0 && !inputs[0]) || (count > 1 && !inputs[1]);
}

static bool set_inputs(Graph *graph, Node *node, int count, Tensor *const *inputs) {
  Tensor **to = node->inputs;
  if (needs_list(count, inputs)) {
    to = memory_take(list_bytes(count));
    if (!to) return runtime_out_of_memory(graph->runtime), false;
    node->tensor.flags |= NODE_MANY;
    node->list.many = to;
    node->list.count = count;
  }
  for (int i = 0; i < count; i++) to[i] = inputs[i] ? tensor_ref(inputs[i]) : NULL;
  return true;
}

/* Everything but the value. */
static Node *new_record(Graph *graph, OpId op, int count, Tensor *const *inputs, Attributes *attributes) {
  Node *node = new_node(graph, op);
  if (!node) return NULL;
  if (!set_inputs(graph, node, count, inputs)) {
    memory_pool_put(node, sizeof *node);
    return NULL;
  }
  node->attributes = attributes_ref(attributes);
  return with_mark(graph, node);
}

Node *node_new(Graph *graph, OpId op, Tensor *value, int count, Tensor *const *inputs, Attributes *attributes) {
  Node *node = new_record(graph, op, count, inputs, attributes);
  if (node) tensor_take_value(&node->tensor, value);
  return node;
}

Node *node_new_take(Graph *graph, OpId op, Tensor *value_taken, int count, Tensor *const *inputs,
                    Attributes *attributes) {
  Node *node = new_record(graph, op, count, inputs, attributes);
  if (node) tensor_move_value(&node->tensor, value_taken);
  else tensor_unref(value_taken);
  return node;
}

static inline Node *new_unset(Graph *graph, OpId op, DType dtype, Layout *layout) {
  Node *node = new_node(graph, op);
  if (!node || tensor_new_value(graph->runtime, &node->tensor, dtype, layout)) return node;
  memory_pool_put(node, sizeof *node);
  return NULL;
}

Node *node_new_unset(Graph *graph, OpId op, Layout *layout, Tensor *x, Tensor *y) {
  Node *node = new_unset(graph, op, (DType)x->dtype, layout);
  if (!node) return NULL;
  node->inputs[0] = tensor_ref(x);
  if (y) node->inputs[1] = tensor_ref(y);
  return with_mark(graph, node);
}

Node *node_new_number(Graph *graph, OpId op, Tensor *x, double number, int number_flag) {
  Node *node = new_unset(graph, op, (DType)x->dtype, x->layout);
  if (!node) return NULL;
  node->inputs[number_flag == NODE_NUMBER_LEFT] = tensor_ref(x);
  node->tensor.flags |= (uint8_t)number_flag;
  node->number = number;
  return with_mark(graph, node);
}

Node *node_new_scalar(Graph *graph, OpId op, double value, Tensor *a, Tensor *b, double number, int number_flag) {
  Node *node = memory_pool_take(sizeof *node);
  if (!node) return runtime_out_of_memory(graph->runtime);
  node->tensor.references = 1;
  node->tensor.dtype = DTYPE_FLOAT64;
  node->tensor.flags = (uint8_t)(TENSOR_TRACKED | TENSOR_INLINE | number_flag);
  node->tensor.op = (uint16_t)op;
  node->tensor.layout = layout_ref(&layout_scalar);
  node->tensor.data = &node->tensor.number;
  node->tensor.number = value;
  node->sequence = ++graph->sequence;
  if (a) a->references++;
  if (b) b->references++;
  node->inputs[0] = a;
  node->inputs[1] = b;
  if (number_flag) node->number = number;
  else node->attributes = NULL;
  node->span = graph->span;
  node->holder = NULL;
  node->slot = node->stands_in = 0;
  node->epoch = 0;
  return with_mark(graph, node);
}

/* ---- inputs */
int node_input_count(const Node *node) {
  if (node->tensor.op == OP_none) return 0;
  if (node->tensor.flags & NODE_MANY) return (int)node->list.count;
  return node->tensor.flags & (NODE_NUMBER | NODE_NUMBER_LEFT) || node->inputs[1] ? 2 : node->inputs[0] ? 1 : 0;
}

Tensor *node_input(Graph *graph, const Node *node, int index) {
  Tensor *input = node_peek_input(node, index);
  bool number = node->tensor.flags & (index == 0 ? NODE_NUMBER_LEFT : NODE_NUMBER);
  if (number) return tensor_new_number(graph->runtime, DTYPE_FLOAT64, node->number);
  return input ? tensor_ref(input) : NULL;
}

/* A view holds its value only as long as nobody has written to its base. */
bool node_is_held(const Node *node) {
  const Variable *holder = node->holder;
  return holder && (!holder->base || holder->version == holder->base->version);
}

/* ---- freeing */
/* Drops one reference; a node nobody holds any more joins the list of the dead instead of being freed at once, so that
   the depth of a graph does not matter. */
static inline Node *drop_input(Tensor *input, Node *dead) {
  if (!input || --input->references > 0) return dead;
  if (!tensor_is_tracked(input)) {
    tensor_destroy(input);
    return dead;
  }
  Node *node = (Node *)(void *)input;
  node->next_dead = dead;
  return node;
}

static void leave_list(Node *leaf) {
  if (!leaf->former.link) return;
  *leaf->former.link = leaf->former.next;
  if (leaf->former.next) leaf->former.next->former.link = leaf->former.link;
  leaf->former.next = NULL;
  leaf->former.link = NULL;
}

void node_add_former(Node **list, Node *leaf) {
  leaf->former.next = *list;
  leaf->former.link = list;
  if (*list) (*list)->former.link = &leaf->former.next;
  *list = leaf;
}

void node_forget_formers(Node **list) {
  while (*list) {
    (*list)->holder = NULL;
    leave_list(*list);
  }
}

static Node *drop_list(Node *node, Node *dead) {
  for (intptr_t i = 0; i < node->list.count; i++) dead = drop_input(node->list.many[i], dead);
  memory_put(node->list.many, list_bytes(node->list.count));
  return dead;
}

/* Lets go of inputs and attributes; the node is a leaf afterwards. */
static inline Node *drop_history(Node *node, Node *dead) {
  uint8_t flags = node->tensor.flags;
  if (flags & NODE_MANY) {
    dead = drop_list(node, dead);
  } else if (node->tensor.op == OP_none) {
    if (!(flags & NODE_RELEASED)) leave_list(node);
  } else {
    dead = drop_input(node->inputs[0], dead);
    dead = drop_input(node->inputs[1], dead);
  }
  if (!(flags & (NODE_NUMBER | NODE_NUMBER_LEFT)) && node->attributes) attributes_unref(node->attributes);
  return dead;
}

static void free_dead(Node *dead) {
  while (dead) {
    Node *node = dead;
    dead = drop_history(node, node->next_dead);
    if (node->tensor.flags & TENSOR_INLINE) layout_scalar.references--;
    else tensor_release_value(&node->tensor);
    memory_pool_put(node, sizeof *node);
  }
}

static void destroy_node(Tensor *tensor) {
  Node *node = (Node *)(void *)tensor;
  node->next_dead = NULL;
  free_dead(node);
}

void node_let_go(Node *node) {
  while (node) {
    Node *before = node_before_write(node);
    node->holder = NULL;
    node = before;
  }
}

void node_forget_history(Node *node) {
  node_let_go(node_before_write(node));
  Node *dead = drop_history(node, NULL);
  node->tensor.flags &= (uint8_t)~(NODE_MANY | NODE_NUMBER | NODE_NUMBER_LEFT | NODE_RELEASED);
  node->tensor.op = OP_none;
  node->inputs[0] = node->inputs[1] = NULL;
  node->attributes = NULL;
  free_dead(dead);
}

void node_release_history(Graph *graph, Node *node) {
  if (node->tensor.op == OP_none) return;
  node_forget_history(node);
  node->tensor.flags |= NODE_RELEASED;
  node->released = graph->span;
}

/* ---- the graph */
void graph_init(Graph *graph, Runtime *runtime) {
  *graph = (Graph){.runtime = runtime, .recording = true};
  tensor_destroy_tracked = destroy_node;
}

/* Nodes belong to whoever references them; the graph itself owns nothing. */
void graph_free(Graph *graph) {
  *graph = (Graph){.runtime = NULL};
}

typedef struct Pending { Node **nodes; size_t count, capacity; } Pending;

static bool push_pending(Pending *pending, Node *node) {
  if (pending->count == pending->capacity) {
    size_t capacity = pending->capacity ? 2 * pending->capacity : 64;
    Node **grown = memory_resize(pending->nodes, pending->capacity * sizeof *grown, capacity * sizeof *grown);
    if (!grown) return false;
    pending->nodes = grown;
    pending->capacity = capacity;
  }
  pending->nodes[pending->count++] = node;
  return true;
}

/* Memory that runs out here only makes the answer smaller. */
void node_graph_size_add(Graph *graph, GraphSize *size, Node *node, uint64_t limit) {
  Pending pending = {NULL, 0, 0};
  uint32_t epoch = graph->epoch;
  bool room = node->epoch != epoch && push_pending(&pending, node);
  node->epoch = epoch;
  while (room && pending.count > 0 && size->nodes < limit) {
    Node *next = pending.nodes[--pending.count];
    size->nodes++;
    size->bytes += sizeof *next + displaced_bytes(&next->tensor);
    for (int i = 0; room && i < node_input_count(next); i++) {
      Tensor *input = node_peek_input(next, i);
      if (!input || !tensor_is_tracked(input) || node_of(input)->epoch == epoch) continue;
      node_of(input)->epoch = epoch;
      room = push_pending(&pending, node_of(input));
    }
  }
  memory_release(pending.nodes, pending.capacity * sizeof *pending.nodes);
}

GraphSize node_graph_size(Graph *graph, Node *node, uint64_t limit) {
  GraphSize size = {0, 0};
  graph->epoch++;
  node_graph_size_add(graph, &size, node, limit);
  return size;
}
