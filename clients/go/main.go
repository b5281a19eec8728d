// Connects to NATS as the pod's ServiceAccount, answers requests on <namespace>.echo, and asks itself every 5 seconds.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
)

const remedy = "wire the workload with the option nats: { enabled: true }"

// identity is who a token says it is. Unverified: the server decides, this only names the inbox.
type identity struct {
	Namespace      string `json:"namespace"`
	ServiceAccount struct {
		Name string `json:"name"`
	} `json:"serviceaccount"`
}

func readToken(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("NATS_TOKEN_FILE cannot be read: %w; %s", err, remedy)
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", fmt.Errorf("NATS_TOKEN_FILE is %s, which is empty; %s", file, remedy)
	}
	return token, nil
}

func identityOf(token string) (identity, error) {
	var claims struct {
		Kubernetes identity `json:"kubernetes.io"`
	}
	if parts := strings.Split(token, "."); len(parts) == 3 {
		if payload, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil {
			_ = json.Unmarshal(payload, &claims)
		}
	}
	who := claims.Kubernetes
	if who.Namespace == "" || who.ServiceAccount.Name == "" {
		return who, fmt.Errorf("NATS_TOKEN_FILE holds no ServiceAccount token; %s", remedy)
	}
	return who, nil
}

// connect returns at once, also while NATS is away: what is published meanwhile is kept, and sent once it is there.
func connect() (*nats.Conn, string, error) {
	url, file := os.Getenv("NATS_URL"), os.Getenv("NATS_TOKEN_FILE")
	if url == "" || file == "" {
		return nil, "", fmt.Errorf("NATS_URL and NATS_TOKEN_FILE must be set; %s", remedy)
	}
	last, err := readToken(file)
	if err != nil {
		return nil, "", err
	}
	who, err := identityOf(last)
	if err != nil {
		return nil, "", err
	}
	connection, err := nats.Connect(url,
		// Called at every login, one at a time: kubelet replaces the token.
		nats.TokenHandler(func() string {
			if token, err := readToken(file); err == nil {
				last = token
			}
			return last
		}),
		// The only inbox the ServiceAccount may subscribe to.
		nats.CustomInboxPrefix("_INBOX_APP."+who.Namespace+"."+strings.ReplaceAll(who.ServiceAccount.Name, ".", "_")),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		// A node that lost its power is noticed after 20 s, not after four minutes.
		nats.PingInterval(10*time.Second),
		nats.MaxPingsOutstanding(2),
		// "Authorization Violation" is also what a server says while no callout answers.
		nats.IgnoreAuthErrorAbort(),
		// A server waits 2 s for its callout.
		nats.Timeout(5*time.Second),
		// A random part of 1 s, 2 s, 4 s, ... 10 s, so that many clients do not come back at once.
		nats.CustomReconnectDelay(func(attempts int) time.Duration {
			ceiling := min(10*time.Second, time.Second<<min(attempts-1, 4))
			return rand.N(ceiling)
		}),
		nats.ConnectHandler(func(c *nats.Conn) { log.Printf("connected to %s", c.ConnectedUrl()) }),
		nats.ReconnectHandler(func(c *nats.Conn) { log.Printf("connected again to %s", c.ConnectedUrl()) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { log.Printf("disconnected: %v", err) }),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { log.Printf("no connection: %v", err) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Printf("error: %v", err) }),
	)
	return connection, who.Namespace, err
}

func main() {
	connection, namespace, err := connect()
	if err != nil {
		log.Fatal(err)
	}
	subject := namespace + ".echo"
	if _, err := connection.Subscribe(subject, func(m *nats.Msg) { _ = m.Respond(m.Data) }); err != nil {
		log.Fatal(err)
	}

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	for {
		if answer, err := connection.Request(subject, []byte("hello"), 2*time.Second); err != nil {
			log.Printf("no answer: %v", err)
		} else {
			log.Printf("answer: %s", answer.Data)
		}
		select {
		case <-stop:
			_ = connection.Drain()
			return
		case <-time.After(5 * time.Second):
		}
	}
}
