# Neuraal netwerk met gewone lussen: per voorbeeld, per neuron, per gewicht.
# Langzaam, maar zo zie je precies wat er gebeurt.
import math
import numpy as np

np.random.seed(8)

AANTAL_VERBORGEN = 7
LEERSNELHEID = 0.05
RONDES = 60


def maak_netwerk(n_in, n_verborgen, n_uit):
    gewichten_1 = np.random.uniform(-0.7, 0.7, size=(n_verborgen, n_in))
    drempels_1 = np.zeros(n_verborgen)
    gewichten_2 = np.random.uniform(-0.7, 0.7, size=(n_uit, n_verborgen))
    drempels_2 = np.zeros(n_uit)
    return gewichten_1, drempels_1, gewichten_2, drempels_2


def vooruit(netwerk, invoer):
    gewichten_1, drempels_1, gewichten_2, drempels_2 = netwerk

    verborgen = np.zeros(len(drempels_1))
    for j in range(len(verborgen)):
        som = drempels_1[j]
        for i in range(len(invoer)):
            som += gewichten_1[j, i] * invoer[i]
        verborgen[j] = math.tanh(som)

    scores = np.zeros(len(drempels_2))
    for k in range(len(scores)):
        som = drempels_2[k]
        for j in range(len(verborgen)):
            som += gewichten_2[k, j] * verborgen[j]
        scores[k] = som

    # softmax
    hoogste = max(scores)
    machten = [math.exp(s - hoogste) for s in scores]
    totaal = sum(machten)
    kansen = np.array([m / totaal for m in machten])
    return verborgen, kansen


def fout(netwerk, invoer, klasse):
    _, kansen = vooruit(netwerk, invoer)
    return -math.log(kansen[klasse])


def leer_voorbeeld(netwerk, invoer, klasse, leersnelheid):
    gewichten_1, drempels_1, gewichten_2, drempels_2 = netwerk
    verborgen, kansen = vooruit(netwerk, invoer)

    delta_uit = np.zeros(len(kansen))
    for k in range(len(kansen)):
        doel = 1.0 if k == klasse else 0.0
        delta_uit[k] = kansen[k] - doel

    # eerst alle delta's, pas daarna de gewichten aanpassen
    delta_verborgen = np.zeros(len(verborgen))
    for j in range(len(verborgen)):
        schuld = 0.0
        for k in range(len(kansen)):
            schuld += delta_uit[k] * gewichten_2[k, j]
        delta_verborgen[j] = schuld * (1 - verborgen[j] ** 2)

    for k in range(len(kansen)):
        for j in range(len(verborgen)):
            gewichten_2[k, j] -= leersnelheid * delta_uit[k] * verborgen[j]
        drempels_2[k] -= leersnelheid * delta_uit[k]

    for j in range(len(verborgen)):
        for i in range(len(invoer)):
            gewichten_1[j, i] -= leersnelheid * delta_verborgen[j] * invoer[i]
        drempels_1[j] -= leersnelheid * delta_verborgen[j]

    return -math.log(kansen[klasse])


def voorspel(netwerk, invoer):
    _, kansen = vooruit(netwerk, invoer)
    beste = 0
    for k in range(1, len(kansen)):
        if kansen[k] > kansen[beste]:
            beste = k
    return beste


def percentage_goed(netwerk, invoeren, klassen):
    goed = 0
    for invoer, klasse in zip(invoeren, klassen):
        if voorspel(netwerk, invoer) == klasse:
            goed += 1
    return 100 * goed / len(klassen)


# pinguins.csv: kopregel, vier metingen en een soortnummer (0, 1 of 2)
gegevens = np.genfromtxt("pinguins.csv", delimiter=",", skip_header=1)
gegevens = gegevens[~np.isnan(gegevens).any(axis=1)]
np.random.shuffle(gegevens)

metingen = gegevens[:, :4]
soorten = gegevens[:, 4].astype(int)
grens = int(len(gegevens) * 0.7)

gemiddelde = metingen[:grens].mean(axis=0)
spreiding = metingen[:grens].std(axis=0)
metingen = (metingen - gemiddelde) / spreiding

netwerk = maak_netwerk(4, AANTAL_VERBORGEN, 3)
for ronde in range(1, RONDES + 1):
    totale_fout = 0.0
    for nummer in np.random.permutation(grens):
        totale_fout += leer_voorbeeld(netwerk, metingen[nummer], soorten[nummer], LEERSNELHEID)
    if ronde % 10 == 0:
        print("ronde", ronde, "gemiddelde fout", round(totale_fout / grens, 4))

print("leerset: %.1f%% goed" % percentage_goed(netwerk, metingen[:grens], soorten[:grens]))
print("testset: %.1f%% goed" % percentage_goed(netwerk, metingen[grens:], soorten[grens:]))
