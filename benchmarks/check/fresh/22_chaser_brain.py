# Little brain for the chaser enemy. Trained offline to imitate the scripted AI,
# then the weights get dumped to chaser.npz and the game just calls think().
import math
import random
import numpy as np

ARENA = 100.0
MAX_SPEED = 4.0
LEAK = 0.05


class Brain:
    def __init__(self, *sizes):
        self.weights = []
        self.biases = []
        for i in range(1, len(sizes)):
            self.weights.append(np.random.randn(sizes[i], sizes[i - 1]) * math.sqrt(2.0 / sizes[i - 1]))
            self.biases.append(np.zeros(sizes[i]))

    def think(self, senses):
        """One frame: senses in, (steer_x, steer_y) out."""
        signal = np.asarray(senses, dtype=float)
        last = len(self.weights) - 1
        for i in range(len(self.weights)):
            signal = self.weights[i].dot(signal) + self.biases[i]
            if i < last:
                signal = np.where(signal > 0, signal, LEAK * signal)
        return signal

    def learn(self, senses, wanted, rate):
        """Single-sample step on mean((out - wanted)^2). Returns that error."""
        signals = [np.asarray(senses, dtype=float)]
        sums = []
        last = len(self.weights) - 1
        for i in range(len(self.weights)):
            s = self.weights[i].dot(signals[-1]) + self.biases[i]
            sums.append(s)
            signals.append(s if i == last else np.where(s > 0, s, LEAK * s))

        miss = signals[-1] - np.asarray(wanted, dtype=float)
        blame = 2.0 * miss / miss.size
        for i in range(last, -1, -1):
            if i < last:
                blame = blame * np.where(sums[i] > 0, 1.0, LEAK)
            blame_below = self.weights[i].T.dot(blame)
            self.weights[i] -= rate * np.outer(blame, signals[i])
            self.biases[i] -= rate * blame
            blame = blame_below
        return float(np.mean(miss * miss))

    def save(self, path):
        data = {}
        for i in range(len(self.weights)):
            data["w%d" % i] = self.weights[i]
            data["b%d" % i] = self.biases[i]
        np.savez(path, **data)


def random_scene():
    """Relative player position + player velocity, scaled to about [-1, 1]."""
    dx, dy = random.uniform(-ARENA, ARENA), random.uniform(-ARENA, ARENA)
    vx, vy = random.uniform(-MAX_SPEED, MAX_SPEED), random.uniform(-MAX_SPEED, MAX_SPEED)
    return dx, dy, vx, vy


def scripted_ai(dx, dy, vx, vy):
    """What the hand-written enemy does: lead the target, then normalise."""
    lead = math.hypot(dx, dy) / (2 * MAX_SPEED)
    tx, ty = dx + vx * lead, dy + vy * lead
    length = math.hypot(tx, ty) or 1.0
    return tx / length, ty / length


def to_senses(dx, dy, vx, vy):
    return [dx / ARENA, dy / ARENA, vx / MAX_SPEED, vy / MAX_SPEED]


def angle_off(a, b):
    diff = math.atan2(a[1], a[0]) - math.atan2(b[1], b[0])
    return abs(math.degrees(math.atan2(math.sin(diff), math.cos(diff))))


def main():
    random.seed(3)
    np.random.seed(3)
    brain = Brain(4, 24, 16, 2)

    ticks = 60000
    running = None
    for tick in range(ticks):
        rate = 0.02 * (1.0 - tick / ticks) + 0.001
        scene = random_scene()
        err = brain.learn(to_senses(*scene), scripted_ai(*scene), rate)
        running = err if running is None else 0.999 * running + 0.001 * err
        if tick % 10000 == 0:
            print("tick %6d   error %.4f" % (tick, running))

    tests = [random_scene() for _ in range(1000)]
    off = [angle_off(brain.think(to_senses(*s)), scripted_ai(*s)) for s in tests]
    print("average steering error: %.1f degrees" % (sum(off) / len(off)))
    print("within 15 degrees: %.1f%%" % (100.0 * sum(o < 15 for o in off) / len(off)))
    brain.save("chaser.npz")


if __name__ == "__main__":
    main()
