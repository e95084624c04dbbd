// Threads for a module that imports nothing but its memory: what libvpx uses of pthread.h,
// semaphore.h and the machine, by names of our own (tools/lib/third-party.mjs), over WebAssembly's
// atomics.
//
// A worker takes long to start, and the thread that waits for it cannot see it come. So JavaScript
// (js/src/wasm/threads.ts) starts the workers first. Each instantiates the module on the same
// memory and calls thread_run(), in which it waits for a pthread_create() to hand it a function,
// for as long as the worker lives. All else runs in one thread, the owner: it alone makes, changes
// and destroys codecs, and so it alone allocates (libvpx's threads do not) and grows the memory.
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "bindings/abi.h"

using earshot::abi::kMaxVideoThreads;

extern "C" {
void __wasm_init_tls(void* memory);  // the linker's
void _emscripten_stack_restore(void* top);
}

namespace {

/// Half of what the owner has: libvpx's threads do the inner half of its work.
constexpr size_t kStackBytes = 131072;
constexpr int64_t kNanosecondsPerMicrosecond = 1000;
/// How often a waiting thread looks whether another one failed.
constexpr int64_t kLookMicroseconds = 100'000;
/// A thread that waits for the row above it polls so often, which is a few microseconds, before it
/// leaves the processor for a moment: there may be none for the thread it waits for.
constexpr uint32_t kPollsBeforeRest = 600;
constexpr int64_t kRestMicroseconds = 20;

/// A number that threads wait for.
class Word {
 public:
  int32_t Load() const { return __atomic_load_n(&value_, __ATOMIC_SEQ_CST); }
  void Store(int32_t value) { __atomic_store_n(&value_, value, __ATOMIC_SEQ_CST); }
  void Add(int32_t value) { __atomic_fetch_add(&value_, value, __ATOMIC_SEQ_CST); }
  bool Replace(int32_t expected, int32_t value) {
    return __atomic_compare_exchange_n(&value_, &expected, value, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
  }
  /// Returns when woken, or at once if the number is not `expected`, or after `microseconds`.
  void WaitWhile(int32_t expected, int64_t microseconds) {
    // Not a constant: after a wait with a constant timeout V8's first compiler goes on with another
    // address (Node 20).
    const volatile int64_t timeout = microseconds * kNanosecondsPerMicrosecond;
    __builtin_wasm_memory_atomic_wait32(&value_, expected, timeout);
  }
  void WakeOne() { __builtin_wasm_memory_atomic_notify(&value_, 1); }
  void WakeAll() { __builtin_wasm_memory_atomic_notify(&value_, UINT32_MAX); }

 private:
  int32_t value_ = 0;
};

enum State : int32_t { kIdle, kRunning, kFinished };

/// What a worker does.
struct Thread {
  Word state;
  void* (*start)(void*);
  void* argument;
};

struct alignas(16) Stack {
  std::array<std::byte, kStackBytes> bytes;
};

std::array<Thread, kMaxVideoThreads> threads;
std::array<Stack, kMaxVideoThreads> stacks;
/// Workers there are; known to the owner alone.
int num_threads = 0;
Word failed;
Word never;  // is not notified
thread_local uint32_t polls = 0;

/// A thread that trapped does not answer any more, and who waits for it would for ever.
void TrapIfAnyFailed() {
  if (failed.Load() != 0) __builtin_trap();
}

[[noreturn, gnu::noinline]] void Serve(size_t index) {
  // What is thread_local lies at the far end of the stack.
  __wasm_init_tls(stacks[index].bytes.data());
  Thread& thread = threads[index];
  for (;;) {
    const int32_t state = thread.state.Load();
    if (state != kRunning) {
      thread.state.WaitWhile(state, kLookMicroseconds);
      continue;
    }
    thread.start(thread.argument);
    thread.state.Store(kFinished);
    thread.state.WakeAll();
  }
}

int CountThreads(State state) {
  int count = 0;
  for (int i = 0; i < num_threads; ++i) {
    if (threads[static_cast<size_t>(i)].state.Load() == state) ++count;
  }
  return count;
}

// sem_t is a few integers of the C library's choice.
static_assert(sizeof(sem_t) >= sizeof(Word));
Word& CountOf(sem_t* semaphore) { return *reinterpret_cast<Word*>(semaphore); }

}  // namespace

extern "C" {

/// Makes the calling worker thread number `index`, 0 … kMaxVideoThreads - 1. Does not return.
void thread_run(int index) {
  // This function must keep nothing on the stack that it leaves, hence the other one.
  const size_t number = static_cast<size_t>(index) % kMaxVideoThreads;
  _emscripten_stack_restore(&stacks[number] + 1);
  Serve(number);
}

/// For a worker whose thread_run trapped: the others trap as well instead of waiting for it.
void thread_fail() { failed.Store(1); }

/// The owner says how many workers call thread_run(), with the indices from 0 on.
void threads_provide(int count) {
  num_threads = count < 0 ? 0 : (count > kMaxVideoThreads ? kMaxVideoThreads : count);
}

/// Threads that codecs have taken.
int threads_running() { return CountThreads(kRunning); }

int earshot_pthread_create(pthread_t* handle, const pthread_attr_t*, void* (*start)(void*),
                           void* argument) {
  for (int i = 0; i < num_threads; ++i) {
    Thread& thread = threads[static_cast<size_t>(i)];
    if (thread.state.Load() != kIdle) continue;
    thread.start = start;
    thread.argument = argument;
    thread.state.Store(kRunning);
    thread.state.WakeAll();
    *handle = reinterpret_cast<pthread_t>(&thread);
    return 0;
  }
  return EAGAIN;
}

int earshot_pthread_join(pthread_t handle, void**) {
  Thread& thread = *reinterpret_cast<Thread*>(handle);
  while (thread.state.Load() == kRunning) {
    TrapIfAnyFailed();
    thread.state.WaitWhile(kRunning, kLookMicroseconds);
  }
  thread.state.Store(kIdle);
  return 0;
}

// Only ever called by the owner.
int earshot_pthread_once(pthread_once_t* done, void (*initialize)()) {
  if (*done == 0) initialize();
  *done = 1;
  return 0;
}

int earshot_sem_init(sem_t* semaphore, int, unsigned count) {
  CountOf(semaphore).Store(static_cast<int32_t>(count));
  return 0;
}

int earshot_sem_destroy(sem_t*) { return 0; }

int earshot_sem_post(sem_t* semaphore) {
  CountOf(semaphore).Add(1);
  CountOf(semaphore).WakeOne();
  return 0;
}

int earshot_sem_wait(sem_t* semaphore) {
  Word& count = CountOf(semaphore);
  for (;;) {
    const int32_t value = count.Load();
    if (value > 0 && count.Replace(value, value - 1)) return 0;
    if (value > 0) continue;
    TrapIfAnyFailed();
    count.WaitWhile(0, kLookMicroseconds);
  }
}

int earshot_sched_yield() {
  if (++polls % kPollsBeforeRest != 0) return 0;
  TrapIfAnyFailed();
  never.WaitWhile(0, kRestMicroseconds);
  return 0;
}

/// libvpx asks for the processors, which are its bound of threads. An encoder of n threads makes n:
/// its caller's is one of them, but the loop filter has one of its own.
long earshot_sysconf(int) { return CountThreads(kIdle); }
}
