// A tap at all ports of a server: its network, its scheduler and its events. It records what crosses
// them in a ServerRecord.
//
//   ServerTap tap(network.host("server"), scheduler, start);
//   ChatServer server(tap.network(), tap.scheduler(), options);
//   tap.Attach(server);
//   ...
//   ServerRecord record = tap.TakeRecord();   // when the server is gone
//
// The tap outlives the server; network and scheduler outlive the tap. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_SERVER_TAP_H_
#define CHATHTTP_SIM_WORLD_SERVER_TAP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/sim_journal.h"
#include "chathttp/sim/world/arrival_tap.h"
#include "chathttp/sim/world/server_record.h"
#include "chathttp/transport/ports/journal.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/proxy/proxy_network.h"
#include "chathttp/transport/server/chat_server.h"

namespace chathttp::sim {

class ServerTap {
 public:
  // Times are recorded as durations since `start`.
  ServerTap(Network& network, Scheduler& scheduler, absl::Time start);
  ServerTap(const ServerTap&) = delete;
  ServerTap& operator=(const ServerTap&) = delete;
  ~ServerTap();

  Network& network();
  // Whose connections come from proxies.
  Network& proxies();
  Scheduler& scheduler();

  // Subscribes to the events of `server`, and samples its memory after each turn. What it holds on
  // the heap is counted from here on, in all calls that come through the ports.
  void Attach(ChatServer& server);
  // Notes the epoch of the server, once it has all of its past.
  void NoteEpoch();
  // The server will be destroyed.
  void Detach();

  // `on_end` is called when the server reports the end of a connection.
  using OnEnd = std::function<void(std::string_view peer, std::string_view reason)>;
  void SetOnEnd(OnEnd on_end) { on_end_ = std::move(on_end); }

  // While paused, the server runs no turn: the process is stopped.
  void SetPaused(bool paused);
  std::uint64_t turns_put_off() const { return turns_put_off_; }

  // The log as the server shall see it, if several servers share a room. `first`: the commands of the
  // log that it does not get. The log outlives the server.
  OrderedLog& Share(OrderedLog& log, std::size_t first);

  // The journal as the server shall see it. It outlives the server.
  Journal& Share(SimJournal& journal);

  // Records a stream that the server will be given by ChatServer::Accept.
  std::unique_ptr<ByteStream> Adopt(std::unique_ptr<ByteStream> stream, std::string_view peer);

  // Now, as a moment of the server.
  Moment Now();
  ServerRecord& record() { return record_; }
  ServerRecord TakeRecord();

 private:
  class TappedNetwork;
  class TappedScheduler;
  class TappedListener;
  class TappedStream;
  class TappedLog;
  class TappedJournal;
  class Events;

  std::uint64_t Broadcasts() const;
  ServerConnection& AddConnection(std::string_view peer, bool proxied);
  std::unique_ptr<ByteStream> Adopt(std::unique_ptr<ByteStream> stream, std::string_view peer,
                                    bool proxied);
  // Whether the turn has to wait.
  bool PutsOff();
  void NoteRoom();
  bool IsBehindInJournal() const;
  // Runs the tasks of one turn.
  void RunTurn(std::vector<Scheduler::Task>& tasks);

  Scheduler& inner_scheduler_;
  absl::Time start_;
  ServerRecord record_;
  std::vector<std::unique_ptr<ServerConnection>> connections_;
  ArrivalTap arrivals_;
  ProxyNetwork proxy_network_;
  std::unique_ptr<TappedNetwork> network_;
  std::unique_ptr<TappedNetwork> proxies_;
  std::shared_ptr<TappedScheduler> scheduler_;
  std::unique_ptr<TappedLog> log_;
  std::unique_ptr<TappedJournal> journal_;
  std::unique_ptr<Events> events_;
  OnEnd on_end_;
  ChatServer* server_ = nullptr;
  ServerConnection* accepting_ = nullptr;  // its stream is being given to the server
  std::int64_t heap_base_ = 0;             // HeapCount::bytes() when the server was attached
  std::uint64_t order_ = 0;
  std::uint64_t port_calls_ = 0;   // calls of ports and timers, and what they gave to do
  std::uint64_t work_before_ = 0;  // calls and requests, at the end of the last turn
  bool in_turn_ = false;
  bool paused_ = false;
  bool turn_waits_ = false;  // while paused
  std::uint64_t turns_put_off_ = 0;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_SERVER_TAP_H_
