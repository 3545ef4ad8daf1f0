import numpy as np

class Mind:
    def __init__(self, eyes, thoughts, hands):
        self.A = np.random.randn(eyes, thoughts) * 0.3
        self.a = np.zeros(thoughts)
        self.B = np.random.randn(thoughts, hands) * 0.3
        self.c = np.zeros(hands)
    def see(self, what):
        self.what = what
        self.mid = np.tanh(what @ self.A + self.a)
        self.end = 1 / (1 + np.exp(-(self.mid @ self.B + self.c)))
        return self.end
    def regret(self, should):
        e = (self.end - should) * self.end * (1 - self.end)
        self.gB = self.mid.T @ e
        self.gc = e.sum(0)
        f = e @ self.B.T * (1 - self.mid ** 2)
        self.gA = self.what.T @ f
        self.ga = f.sum(0)
    def move(self, how_much):
        self.A -= how_much * self.gA
        self.a -= how_much * self.ga
        self.B -= how_much * self.gB
        self.c -= how_much * self.gc
